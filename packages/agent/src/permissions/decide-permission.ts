import type { ApprovalReason, ApprovalRule, JsonObject } from '@troupe/contracts';
import type { Tool } from '@troupe/spec';
import { conditionHolds } from './condition-holds.js';
import { namesTool } from './names-tool.js';
import type { PermissionPolicy } from './permission-policy.js';

/** What a hook says of a call; `allow` spares the question, and nothing else. */
export interface HookVerdict {
  decision: 'allow' | 'ask' | 'deny';
  message?: string;
}

export interface PermissionQuestion {
  tool: Pick<Tool, 'name' | 'effect' | 'asksUser'>;
  /** They fit the tool's schema; a call with others is refused before. */
  arguments: JsonObject;
  policy: PermissionPolicy;
  /** What the tool itself says of these arguments; a tool that failed to say has said yes. */
  toolAsks: boolean;
  /** What text of strangers changes about the call. */
  untrusted?: 'run' | 'approval' | 'deny';
  hook?: HookVerdict;
}

/** `rule`: the one that speaks of the call, for whom to ask and how long, also where another reason asks. */
export type Permission =
  | { decision: 'allow' }
  | { decision: 'deny'; message: string }
  | { decision: 'ask'; reason: ApprovalReason; rule?: ApprovalRule };

/**
 * Whether a call may be made. In this order: what a hook forbids, what is denied, who has to be asked (a question of the agent
 * itself always is one), what the mode makes of it; what is left is allowed.
 */
export function decidePermission(question: PermissionQuestion): Permission {
  const { tool, arguments: args, policy, hook, untrusted = 'run' } = question;
  if (hook?.decision === 'deny') return { decision: 'deny', message: hook.message ?? 'a hook does not allow it.' };
  if (namesTool(policy.deniedTools, tool)) return { decision: 'deny', message: `${tool.name} is not allowed here.` };
  if (untrusted === 'deny') return { decision: 'deny', message: UNTRUSTED };
  const rule = policy.rules.find(
    ({ tools, when }) => namesTool(tools, tool) && (when === undefined || conditionHolds(when, args)),
  );
  if (tool.asksUser) return { decision: 'ask', reason: 'question', ...(rule && { rule }) };
  if (policy.mode === 'plan' && tool.effect !== 'read') return { decision: 'deny', message: PLANNING };
  const reason = reasonToAsk(question, rule);
  if (reason === undefined || policy.mode === 'bypass') return { decision: 'allow' };
  if (policy.mode === 'accept_reads' && tool.effect === 'read') return { decision: 'allow' };
  return { decision: 'ask', reason, ...(rule && { rule }) };
}

function reasonToAsk(
  { hook, toolAsks, untrusted }: PermissionQuestion,
  rule: ApprovalRule | undefined,
): ApprovalReason | undefined {
  if (untrusted === 'approval') return 'untrusted';
  if (hook?.decision === 'ask') return 'hook';
  if (hook?.decision === 'allow') return undefined;
  if (rule) return 'rule';
  return toolAsks ? 'tool' : undefined;
}

const UNTRUSTED = 'text of strangers is in this conversation, and with it nothing may be changed.';
const PLANNING =
  'this run only plans, so nothing may be changed. Say what you would do instead, or use tools that only read.';
