import { getQueueToken } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import { settlementOf } from '@troupe/agent';
import { type Approval, type ApprovalDecision, TroupeError } from '@troupe/contracts';
import { Database, decideApproval, readApproval } from '@troupe/database';
import { failpoint } from '@troupe/failpoints';
import type { Logger } from '@troupe/observability';
import { llmQueue, ring, toolsQueue } from '@troupe/queues';
import { RunEventPublisher } from '@troupe/run-log';
import type { Queue } from 'bullmq';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';
import { LOGGER } from '../tokens.js';
import { GuardDecisions } from './guard-decisions.js';

/** Takes decisions of people, and tells the workers and the readers of the run. */
@Injectable()
export class ApprovalsService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(RunEventPublisher) private readonly publisher: RunEventPublisher,
    @Inject(getQueueToken(llmQueue.name)) private readonly turns: Queue,
    @Inject(getQueueToken(toolsQueue.name)) private readonly toolCalls: Queue,
    @Inject(GuardDecisions) private readonly guards: GuardDecisions,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * @param runId the run that the approval is said to belong to; null: any
   * @throws TroupeError `approval_not_found`, `invalid_request` that names the fields, also those that a guardrail of the agent
   * refuses, `forbidden` for a role that may not decide, `approval_decided` with what was decided
   */
  async decide(tenantId: string, approvalId: string, runId: string | null, body: ApprovalDecision): Promise<Approval> {
    const given = givenOf(body);
    const asked = await readApproval(this.database, tenantId, approvalId);
    if (runId !== null && asked.run_id !== runId && asked.root_run_id !== runId) throw notOfRun(approvalId, runId);
    checkRole(asked, given.role);
    const { decision, problems } = await this.guards.check(tenantId, asked, given);
    if (problems.length > 0) {
      throw invalidRequest(problems.map(({ field, message }) => fieldError([field], message)));
    }
    const settlement = settlementOf(asked, decision);
    const { approval, events, send, resume } = await decideApproval(this.database, {
      tenantId,
      approvalId,
      ...settlement,
    });
    failpoint('approval.after-decision');
    const { run_id } = approval;
    const onError = (error: unknown) => this.logger.debug({ err: error }, 'a ring was lost; a worker will look');
    this.database.afterCommit(() => {
      for (const { runId: told, event, id } of events) this.publisher.publishStored(told, event, id);
      if (resume) void ring(this.turns, llmQueue, 'advance-run', { run_id, ...resume }, { onError });
      if (send === null) return;
      const job = { run_id, tool_call_id: send, dispatch: 1 };
      void ring(this.toolCalls, toolsQueue, 'execute-tool', job, { onError });
    });
    return approval;
  }
}

function checkRole({ id, roles }: Approval, role: string | undefined): void {
  if (roles.length === 0 || (role !== undefined && roles.includes(role))) return;
  throw new TroupeError({
    code: 'forbidden',
    fault: 'caller',
    message: `Approval ${id} is decided in one of the roles ${roles.join(', ')}; name it as "role".`,
    details: { roles },
  });
}

function notOfRun(approvalId: string, runId: string): TroupeError {
  const message = `There is no approval ${approvalId} of run ${runId}.`;
  return new TroupeError({ code: 'approval_not_found', fault: 'caller', message });
}

/** A field of null is an absent one, but for an answer: that may be null. */
function givenOf({ answer, ...body }: ApprovalDecision): ApprovalDecision {
  const given = Object.entries(body).filter(([, value]) => value !== null);
  return { ...(Object.fromEntries(given) as typeof body), ...(answer !== undefined && { answer }) };
}
