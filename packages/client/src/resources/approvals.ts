import type { Approval, ApprovalDecision, ApprovalKind, ApprovalState, Page } from '@troupe/contracts';
import type { RequestOptions, Transport } from '../transport/transport.js';
import { type ListOptions, pageQuery } from './list-options.js';

/** Which approvals of a list, and which page of it. */
export interface ApprovalListOptions extends ListOptions {
  /** `pending`: what is to be decided now. */
  state?: ApprovalState | undefined;
  kind?: ApprovalKind | undefined;
  userId?: string | undefined;
  /** Slug. */
  agent?: string | undefined;
  threadId?: string | undefined;
  /** Also those of runs that it called. */
  runId?: string | undefined;
}

/** `/api/approvals`: calls of tools that wait for people, and questions of agents. */
export class ApprovalsResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Newest first. */
  list(options: ApprovalListOptions = {}): Promise<Page<Approval>> {
    const { state, kind, userId, agent, threadId, runId } = options;
    const filter = { state, kind, user_id: userId, agent, thread_id: threadId, run_id: runId };
    return this.#transport.json({
      method: 'GET',
      path: '/api/approvals',
      query: { ...pageQuery(options), ...filter },
      ...options,
    });
  }

  get(approvalId: string, options: RequestOptions = {}): Promise<Approval> {
    return this.#transport.json({ method: 'GET', path: pathOf(approvalId), ...options });
  }

  /** One decision is taken: another is refused with `approval_decided`, whose details say what was decided. */
  decide(approvalId: string, decision: ApprovalDecision, options: RequestOptions = {}): Promise<Approval> {
    return this.#transport.json({ method: 'POST', path: pathOf(approvalId), body: decision, ...options });
  }
}

function pathOf(approvalId: string): string {
  return `/api/approvals/${encodeURIComponent(approvalId)}`;
}
