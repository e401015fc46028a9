import { expiryOf } from '@troupe/agent';
import type { Approval, ErrorBody } from '@troupe/contracts';
import { type Database, expireApproval, findOverdueApprovals } from '@troupe/database';
import type { Logger } from '@troupe/observability';
import type { RunEventPublisher } from '@troupe/run-log';
import type { AdvanceRun } from '../advance-run/advance-run.js';
import type { Doorbell } from '../advance-run/doorbell.js';

export interface ExpireApprovalsOptions {
  database: Database;
  publisher: RunEventPublisher;
  doorbell: Doorbell;
  advanceRun: Pick<AdvanceRun, 'advanceThread'>;
  logger: Logger;
}

/** Does what their policy says to approvals that nobody decided in time. Any number of workers may do it at once. */
export class ExpireApprovals {
  readonly #options: ExpireApprovalsOptions;

  constructor(options: ExpireApprovalsOptions) {
    this.#options = options;
  }

  async expire(limit: number): Promise<void> {
    for (const id of await findOverdueApprovals(this.#options.database, limit)) await this.#expire(id);
  }

  async #expire(approvalId: string): Promise<void> {
    const { database, publisher, doorbell, advanceRun, logger } = this.#options;
    const expired = await expireApproval(database, approvalId, expiryOf, nobodyDecided);
    if (!expired) return;
    const { approval, events, send, resume, threadToAdvance } = expired;
    const { run_id } = approval;
    for (const { runId, event, id } of events) publisher.publishStored(runId, event, id);
    if (send !== null) doorbell.executeTool({ run_id, tool_call_id: send, dispatch: 1 });
    if (resume) doorbell.advanceRun({ run_id, ...resume }, 0);
    if (threadToAdvance !== undefined) await advanceRun.advanceThread(threadToAdvance);
    logger.info({ run: run_id, approval: approvalId, policy: approval.on_expiry }, 'nobody decided on a call in time');
  }
}

function nobodyDecided({ id, name, expires_at }: Approval): ErrorBody {
  const message = `Nobody decided on the call of ${name} until ${expires_at} (approval ${id}).`;
  return { code: 'approval_expired', fault: 'caller', message, retryable: false };
}
