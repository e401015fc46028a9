import type { StickyDecision } from '@troupe/contracts';
import { failedResult } from '../tools/failed-result.js';
import type { AcceptedCall, NextMove, RejectedCall } from '../turn/decide-next.js';
import { deniedText, rejectedText } from './approval-texts.js';
import { type AskingCall, askedWith, type PermittedMove } from './asking-call.js';
import { decidePermission, type HookVerdict, type Permission } from './decide-permission.js';
import type { PermissionPolicy } from './permission-policy.js';
import { readQuestion } from './read-question.js';
import { stickyPermission } from './sticky-permission.js';

/** What becomes of the calls of a turn; each is in one of the lists, in the order of the turn. */
export interface PermittedCalls {
  calls: AcceptedCall[];
  asking: AskingCall[];
  denied: RejectedCall[];
}

export interface PermissionPorts {
  policy: PermissionPolicy;
  /** Whether the tool itself wants the call approved; what it throws is a yes. */
  toolAsks(call: AcceptedCall): Promise<boolean>;
  /** What text of strangers changes about the call. */
  untrusted(call: AcceptedCall): 'run' | 'approval' | 'deny';
  hook?(call: AcceptedCall): HookVerdict | undefined;
  /** What was decided before for these tools beyond the call in question. Asked only when somebody would have to be asked. */
  stickyDecisions(names: string[]): Promise<readonly StickyDecision[]>;
}

/** The move with only those calls that may be made; others wait, or are refused with words for the model. */
export async function permitMove(move: NextMove, ports: PermissionPorts): Promise<PermittedMove> {
  if (move.kind !== 'call_tools') return move;
  const { calls, asking, denied } = await permitCalls(move.calls, ports);
  return { ...move, calls, asking, rejected: [...move.rejected, ...denied] };
}

/** Sorts the calls of a turn into those that are made, those that wait for a person, and those that are not made. */
export async function permitCalls(calls: readonly AcceptedCall[], ports: PermissionPorts): Promise<PermittedCalls> {
  const permissions = await Promise.all(calls.map(async (call) => ({ call, permission: await permit(call, ports) })));
  const names = permissions.flatMap(({ call, permission }) => (permission.decision === 'ask' ? [call.part.name] : []));
  const decisions = names.length > 0 ? await ports.stickyDecisions([...new Set(names)]) : [];
  const permitted: PermittedCalls = { calls: [], asking: [], denied: [] };
  const deny = (call: AcceptedCall, text: string) =>
    permitted.denied.push({ part: call.part, result: failedResult(call.part, text) });
  for (const { call, permission } of permissions) {
    if (permission.decision === 'allow') permitted.calls.push(call);
    else if (permission.decision === 'deny') deny(call, deniedText(permission.message));
    else {
      const sticky = stickyPermission(call.part.name, permission, decisions);
      if (sticky?.approved) permitted.calls.push(call);
      else if (sticky) deny(call, rejectedText('tool', sticky.message ?? undefined));
      else ask(call, permission, permitted, deny);
    }
  }
  return permitted;
}

function ask(
  call: AcceptedCall,
  { reason, rule }: Extract<Permission, { decision: 'ask' }>,
  { asking }: PermittedCalls,
  deny: (call: AcceptedCall, text: string) => void,
): void {
  if (reason !== 'question') {
    const question = rule?.ask ?? null;
    asking.push({ ...call, kind: 'tool', reason, question, responseSchema: null, ...askedWith(reason, rule) });
    return;
  }
  try {
    const { question, responseSchema } = readQuestion(call.part.arguments);
    asking.push({ ...call, kind: 'input', reason, question, responseSchema, ...askedWith(reason, rule) });
  } catch (error) {
    deny(call, `Not asked: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function permit(call: AcceptedCall, ports: PermissionPorts): Promise<Permission> {
  return decidePermission({
    tool: call.tool,
    arguments: call.part.arguments,
    policy: ports.policy,
    toolAsks: call.tool.needsApproval !== undefined && (await ports.toolAsks(call).catch(() => true)),
    untrusted: ports.untrusted(call),
    hook: ports.hook?.(call),
  });
}
