import { Inject, Injectable } from '@nestjs/common';
import { type GuardedDecision, guardDecision, type JudgeModel, offeredAgents } from '@troupe/agent';
import { type Approval, type ApprovalDecision, newId } from '@troupe/contracts';
import {
  type AgentOfApproval,
  callLedgerId,
  correctUsage,
  Database,
  type LedgerRow,
  ledgerOfCalls,
  noteDecisionCheck,
  readAgentOfApproval,
  recordUsage,
  TenantWeights,
} from '@troupe/database';
import { heldTooLong, ModelCalls, sentJudgeRow } from '@troupe/model-calls';
import { RunEventPublisher } from '@troupe/run-log';
import type { ModelTool, Tool } from '@troupe/spec';
import { TOOLS } from '../tokens.js';

/** Who calls without a run has one attempt. */
const ATTEMPT = 1;
/** A person waits at the other end: judges that are at their limit for longer have failed. Milliseconds. */
const PATIENCE_MS = 10_000;
/** A judge that says nothing for so long has failed, and its policy decides. Milliseconds. */
const TIMEOUT_MS = 30_000;

const NO_AGENT: AgentOfApproval = { guardrails: [], agents: [], model: '', apiKeyId: null };

/** Holds what people say in a decision against the guardrails of the agent, before anybody else reads it. */
@Injectable()
export class GuardDecisions {
  readonly #weights: TenantWeights;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(ModelCalls) private readonly calls: ModelCalls,
    @Inject(RunEventPublisher) private readonly publisher: RunEventPublisher,
    @Inject(TOOLS) private readonly tools: ReadonlyMap<string, Tool>,
  ) {
    this.#weights = new TenantWeights(database);
  }

  /**
   * The decision as it may be taken, or what is wrong with it; readers of the run are told either way.
   * @throws TroupeError `budget_exceeded` of a judge
   */
  async check(tenantId: string, asked: Approval, decision: ApprovalDecision): Promise<GuardedDecision> {
    // What a check has cost and found stays, whatever becomes of the decision.
    return this.database.apart(async () => {
      const agent = (await readAgentOfApproval(this.database, tenantId, asked.id)) ?? NO_AGENT;
      const { kind, response_schema, tool_call_id: id, name, arguments: args } = asked;
      const decided = { kind, response_schema, call: { id, name, arguments: args }, tool: this.#toolOf(name, agent) };
      const ledger: LedgerRow[] = [];
      const judge = this.#judgeOf(tenantId, asked, agent, ledger);
      const ports = { judge, context: { userId: asked.user_id, deps: undefined } };
      const signal = new AbortController().signal;
      // Of a decision that comes too late nothing is read.
      const guardrails = asked.state === 'pending' ? agent.guardrails : [];
      try {
        const guarded = await guardDecision(decided, decision, guardrails, ports, signal);
        await this.#note(asked.run_id, { tripped: guarded.tripped, ledger: ledger.splice(0) });
        return guarded;
      } finally {
        if (ledger.length > 0) await this.#note(asked.run_id, { tripped: [], ledger });
      }
    });
  }

  /** An agent that is called as a tool takes what its caller was told it takes. */
  #toolOf(name: string, { agents }: AgentOfApproval): ModelTool | undefined {
    const others = agents.map(({ agent }) => ({ slug: agent, name: agent, description: null }));
    return this.tools.get(name) ?? offeredAgents(agents, others).get(name);
  }

  /** Each call is on the ledger before it leaves, so that it is there should this process die. */
  #judgeOf(tenantId: string, asked: Approval, agent: AgentOfApproval, ledger: LedgerRow[]): JudgeModel {
    const { run_id: runId, thread_id: threadId, user_id: userId, agent: slug } = asked;
    const owner = { tenantId, runId, threadId, userId, agent: slug, apiKeyId: agent.apiKeyId };
    const { prices } = this.calls;
    return (model = agent.model) =>
      async (request, signal = new AbortController().signal) => {
        const ownerId = newId();
        const result = await this.calls.caller.call({
          id: ownerId,
          routes: [model],
          request,
          tenant: tenantId,
          weight: this.#weights.of(tenantId),
          priority: 'interactive',
          signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS + PATIENCE_MS)]),
          patienceMs: PATIENCE_MS,
          retries: 1,
          onStart: async (started) => {
            const { number, model: sentTo } = started;
            await this.calls.reserve(owner, callLedgerId(ownerId, ATTEMPT, number), started);
            const row = sentJudgeRow({ ownerId, attempt: ATTEMPT, number, model: sentTo, request, prices });
            await recordUsage(this.database, owner, { ...row, attempt: null });
          },
        });
        const rows = ledgerOfCalls(result.attempts, { ownerId, attempt: ATTEMPT, purpose: 'guardrail', prices });
        ledger.push(...rows);
        for (const row of rows) await correctUsage(this.database, row);
        this.calls.settle(tenantId, rows);
        if (result.type === 'answered') return result.response;
        throw result.type === 'held' ? heldTooLong(result, { mayFallBack: false }) : result.error;
      };
  }

  async #note(
    runId: string,
    check: { tripped: GuardedDecision['tripped']; ledger: readonly LedgerRow[] },
  ): Promise<void> {
    const told = await noteDecisionCheck(this.database, { runId, ...check });
    for (const { event, id } of told) this.publisher.publishStored(runId, event, id);
  }
}
