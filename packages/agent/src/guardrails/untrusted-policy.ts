import type { AllowedTarget, JsonObject, UntrustedContent } from '@troupe/contracts';
import type { Tool } from '@troupe/spec';
import { hasReadUntrusted, type ReadContent } from './read-untrusted.js';
import type { TrustOfTool } from './untrusted-result.js';

export interface UntrustedCall {
  tool: Pick<Tool, 'name' | 'effect'>;
  /** As they would be sent. */
  arguments: JsonObject;
}

/** What the model had read when it asked for the call. */
export interface UntrustedContext extends ReadContent {
  /** Of the agent that speaks; absent: every call runs. */
  untrusted: UntrustedContent | undefined;
  facts?: readonly unknown[];
  /** To see which tools are trusted; one that is not in it is not. */
  tools: ReadonlyMap<string, TrustOfTool>;
}

/**
 * What text of strangers changes about a call. It looks at what the model has read and not at what it means: a model that
 * was talked into something cannot be seen to have been. That a call may be sent twice does not make it harmless.
 */
export function untrustedPolicy(call: UntrustedCall, context: UntrustedContext): 'run' | 'approval' | 'deny' {
  const { untrusted, facts = [], tools } = context;
  if (!untrusted || call.tool.effect === 'read') return 'run';
  const policy = untrusted.effect_tools ?? 'approval';
  if (policy === 'allow') return 'run';
  const hasRead = (untrusted.facts !== false && facts.length > 0) || hasReadUntrusted(context, untrusted, tools);
  if (!hasRead) return 'run';
  return untrusted.allow?.some((target) => isTarget(target, call)) ? 'run' : policy;
}

function isTarget({ tool, argument, values }: AllowedTarget, call: UntrustedCall): boolean {
  if (tool !== call.tool.name) return false;
  if (argument === undefined) return true;
  if (!Object.hasOwn(call.arguments, argument)) return false;
  const value = call.arguments[argument];
  return values?.some((allowed) => allowed === value) ?? false;
}
