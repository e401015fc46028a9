import type { AllowedTarget, JsonObject, UntrustedContent } from '@troupe/contracts';
import type { Tool } from '@troupe/spec';
import type { HistoryMessage } from '../history/history-message.js';
import { isHandoff, isOwnResult } from './own-result.js';
import { isTrusted, type TrustOfTool } from './trusted-tools.js';

export interface UntrustedCall {
  tool: Pick<Tool, 'name' | 'effect'>;
  /** As they would be sent. */
  arguments: JsonObject;
}

/** What the model had read when it asked for the call. */
export interface UntrustedContext {
  /** Of the agent that speaks; absent: every call runs. */
  untrusted: UntrustedContent | undefined;
  /** The thread and what the run added to it. */
  history: readonly HistoryMessage[];
  /** Names of tools that have answered in the thread, where the history is only its end. */
  answeredTools?: readonly string[];
  facts?: readonly unknown[];
  /** To see which tools are trusted; one that is not in it is not. */
  tools: ReadonlyMap<string, TrustOfTool>;
}

/**
 * What text of strangers changes about a call. It looks at what the model has read and not at what it means: a model that
 * was talked into something cannot be seen to have been.
 */
export function untrustedPolicy(call: UntrustedCall, context: UntrustedContext): 'run' | 'approval' | 'deny' {
  const { untrusted } = context;
  if (!untrusted || call.tool.effect !== 'effect') return 'run';
  const policy = untrusted.effect_tools ?? 'approval';
  if (policy === 'allow' || !hasUntrustedContent(context)) return 'run';
  return untrusted.allow?.some((target) => isTarget(target, call)) ? 'run' : policy;
}

/** Whether anything that the model read may have been written by a stranger. */
function hasUntrustedContent({ untrusted, history, answeredTools, facts, tools }: UntrustedContext): boolean {
  if (untrusted?.facts !== false && facts !== undefined && facts.length > 0) return true;
  const trusted = (name: string) => isTrusted(name, untrusted, tools);
  if (answeredTools?.some((name) => !isHandoff(name) && !trusted(name))) return true;
  return history.some(({ content }) =>
    content.some(
      (part) => part.type === 'tool_result' && part.status !== 'pending' && !trusted(part.name) && !isOwnResult(part),
    ),
  );
}

function isTarget({ tool, argument, values }: AllowedTarget, call: UntrustedCall): boolean {
  if (tool !== call.tool.name) return false;
  if (argument === undefined) return true;
  if (!Object.hasOwn(call.arguments, argument)) return false;
  const value = call.arguments[argument];
  return values?.some((allowed) => allowed === value) ?? false;
}
