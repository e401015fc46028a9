import {
  type ApprovalDecision,
  type ApprovalRequested,
  type RunEventBody,
  TroupeError,
  type UntrustedContent,
} from '@troupe/contracts';
import type { AnswerQuestion, ApprovalAnswer, Approve, ToolContext } from '@troupe/spec';
import { guardDecision } from '../guardrails/guard-decision.js';
import type { Guards } from '../guardrails/guards.js';
import { hasReadUntrusted } from '../guardrails/read-untrusted.js';
import { untrustedPolicy } from '../guardrails/untrusted-policy.js';
import type { TrustOfTool } from '../guardrails/untrusted-result.js';
import type { HistoryMessage } from '../history/history-message.js';
import type { RunHooks } from '../hooks/run-hooks.js';
import type { AcceptedCall } from '../turn/decide-next.js';
import type { AskingCall } from './asking-call.js';
import type { PermissionPolicy } from './permission-policy.js';
import { type PermittedCalls, permitCalls } from './permit-calls.js';
import { type AskedCallEnd, expiryOf, type Settlement, settlementOf } from './settlement.js';
import type { StickyMemory } from './sticky-memory.js';

export interface ToolGateOptions {
  policy: PermissionPolicy;
  /** To see which tools are trusted. */
  tools: ReadonlyMap<string, TrustOfTool>;
  untrusted: UntrustedContent | undefined;
  /** The message that the run answers may be words of strangers: another run wrote it that had read some. */
  inherited: boolean;
  /** Messages of the thread before its history. */
  earlier: readonly HistoryMessage[];
  /** Of the agent: they look at what people say, too. */
  guards: Guards | undefined;
  /** What the model is told about the user. */
  facts: readonly unknown[] | undefined;
  hooks: RunHooks | undefined;
  sticky: StickyMemory;
  runId: string;
  contextOf(call: AcceptedCall): ToolContext;
  approve: Approve | undefined;
  onQuestion: AnswerQuestion | undefined;
  environment: {
    newId(): string;
    now(): Date;
    startTimeout(milliseconds: number, reason: () => Error): { signal: AbortSignal; clear(): void };
  };
}

/** Timers take no more: 24 days. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** Which calls of a run in one process are made, and whom to ask about the others. */
export class ToolGate {
  readonly #options: ToolGateOptions;

  constructor(options: ToolGateOptions) {
    this.#options = options;
  }

  /** @param history what the model had read when it asked for the calls */
  async permit(calls: readonly AcceptedCall[], history: readonly HistoryMessage[]): Promise<PermittedCalls> {
    const { hooks, policy, untrusted, inherited, earlier, facts, tools, sticky, runId, contextOf } = this.#options;
    const read = earlier.length > 0 ? [...earlier, ...history] : history;
    const hooked = hooks ? await Promise.all(calls.map((call) => hooks.beforeToolCall(call))) : [];
    const verdicts = new Map(hooked.map(({ call, verdict }) => [call.part.id, verdict]));
    return permitCalls(hooks ? hooked.map(({ call }) => call) : calls, {
      policy,
      hook: ({ part }) => verdicts.get(part.id),
      toolAsks: async (call) => (await call.tool.needsApproval?.(call.part.arguments, contextOf(call))) ?? false,
      untrusted: ({ part, tool }) =>
        untrustedPolicy({ tool, arguments: part.arguments }, { untrusted, history: read, inherited, facts, tools }),
      stickyDecisions: async (names) => sticky.of(runId, names),
    });
  }

  /** Whether words of strangers are in what the model had read. */
  hasReadUntrusted(history: readonly HistoryMessage[]): boolean {
    const { untrusted, inherited, earlier, tools } = this.#options;
    return hasReadUntrusted({ history: [...earlier, ...history], inherited }, untrusted, tools);
  }

  /**
   * What somebody makes of a call that waits. Whatever goes wrong on the way to a decision refuses the call.
   * @throws TroupeError `approval_expired` where the rule wants the run to fail then
   */
  async ask(call: AskingCall, onEvent: (event: RunEventBody) => void): Promise<AskedCallEnd> {
    const { environment } = this.#options;
    const { part, kind, reason, question, responseSchema, roles, expiresInSeconds } = call;
    const requested: ApprovalRequested = {
      approval_id: environment.newId(),
      kind,
      reason,
      tool_call_id: part.id,
      name: part.name,
      arguments: part.arguments,
      question,
      response_schema: responseSchema,
      roles: [...roles],
      expires_at: new Date(environment.now().getTime() + expiresInSeconds * 1_000).toISOString(),
    };
    onEvent({ type: 'approval.requested', data: requested });
    const settlement = await this.#settle(call, requested.approval_id, onEvent);
    const { state, outcome, decidedBy } = settlement;
    const { message, arguments: args, answer } = outcome ?? {};
    onEvent({
      type: 'approval.decided',
      data: {
        approval_id: requested.approval_id,
        tool_call_id: part.id,
        name: part.name,
        state,
        decided_by: decidedBy,
        ...(message !== undefined && { message }),
        ...(args !== undefined && { arguments: args }),
        ...(answer !== undefined && { answer }),
      },
    });
    if (state === 'expired' && call.onExpiry === 'fail') throw nobodyDecided(part.name);
    return settlement.call;
  }

  async #settle(call: AskingCall, approvalId: string, onEvent: (event: RunEventBody) => void): Promise<Settlement> {
    const { part, tool, kind, responseSchema, expiresInSeconds, onExpiry } = call;
    const asked = { kind, tool_call_id: part.id, name: part.name, response_schema: responseSchema };
    const expired = new Error('The time to decide is over.');
    const waitMs = Math.min(expiresInSeconds * 1_000, LONGEST_TIMEOUT_MS);
    const timeout = this.#options.environment.startTimeout(waitMs, () => expired);
    const done = new AbortController();
    try {
      const given = await this.#decisionOn(call, approvalId, timeout.signal, done.signal);
      const { guards, contextOf } = this.#options;
      const { decision, tripped, problems } = await guardDecision(
        { ...asked, call: part, tool },
        given,
        guards?.guardrails ?? [],
        guards ?? { context: { userId: null, deps: undefined } },
        contextOf(call).signal,
      );
      for (const data of tripped) onEvent({ type: 'guardrail.tripped', data });
      const [problem] = problems;
      if (problem) return settlementOf(asked, { decision: 'reject', message: problem.message });
      this.#remember(call, decision);
      return settlementOf(asked, decision);
    } catch (error) {
      if (error === expired) {
        const end = expiryOf(asked, onExpiry === 'fail' ? 'reject' : onExpiry);
        return { state: 'expired', outcome: null, decidedBy: null, call: end };
      }
      const reason = error instanceof Error ? error.message : String(error);
      return settlementOf(asked, { decision: 'reject', message: `It could not be found out: ${reason}` });
    } finally {
      done.abort();
      timeout.clear();
    }
  }

  #decisionOn(
    call: AskingCall,
    approvalId: string,
    timeout: AbortSignal,
    done: AbortSignal,
  ): Promise<ApprovalDecision> {
    const { approve, onQuestion, contextOf } = this.#options;
    const { part, kind, reason, question, responseSchema, roles } = call;
    const { userId, signal: runSignal } = contextOf(call);
    const signal = AbortSignal.any([runSignal, timeout]);
    const asked = { approval_id: approvalId, tool_call_id: part.id, name: part.name, userId, roles, signal };
    const decided = async (): Promise<ApprovalDecision> => {
      if (kind === 'input') {
        if (!onQuestion) return { decision: 'reject', message: 'Nobody is here to answer.' };
        const words = { question: question ?? '', responseSchema: responseSchema ?? {} };
        return { decision: 'answer', answer: await onQuestion({ ...asked, ...words }) };
      }
      if (!approve) return { decision: 'reject', message: 'It needs approval, and nobody is here to give it.' };
      return verbOf(await approve({ ...asked, arguments: part.arguments, reason, question }));
    };
    return Promise.race([decided(), rejectOnAbort(signal, done)]);
  }

  #remember({ part, reason }: AskingCall, { decision, sticky: scope, role, message }: ApprovalDecision): void {
    if (scope === undefined) return;
    const { sticky, runId } = this.#options;
    const approved = decision === 'approve';
    sticky.remember(scope, runId, { name: part.name, approved, reason, role: role ?? null, message: message ?? null });
  }
}

function verbOf(answer: ApprovalAnswer): ApprovalDecision {
  if (typeof answer === 'boolean') return { decision: answer ? 'approve' : 'reject' };
  const { approved, ...rest } = answer;
  return { decision: approved ? 'approve' : 'reject', ...rest };
}

/** A person may never answer; a run that was aborted does not wait for one. */
function rejectOnAbort(signal: AbortSignal, done: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: done });
  });
}

function nobodyDecided(name: string): TroupeError {
  const message = `Nobody decided on the call of ${name} in time.`;
  return new TroupeError({ code: 'approval_expired', fault: 'caller', message });
}
