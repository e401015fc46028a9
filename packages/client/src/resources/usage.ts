import type { UsageDimension, UsageReport } from '@troupe/contracts';
import type { Transport } from '../transport/transport.js';
import { type ListOptions, pageQuery } from './list-options.js';

/** Which calls a report counts, how it groups them, and which page of the groups. */
export interface UsageReportOptions extends ListOptions {
  /** Default: by day. */
  groupBy?: readonly UsageDimension[] | undefined;
  /** A day in UTC (`2026-01-31`) or a moment (RFC 3339). Default: the last 30 days, or since the run or thread is. */
  from?: string | undefined;
  /** The same; calls before it. Default: the end of today. */
  to?: string | undefined;
  runId?: string | undefined;
  threadId?: string | undefined;
  userId?: string | undefined;
  /** Slug. */
  agent?: string | undefined;
  /** `provider/model` */
  model?: string | undefined;
  provider?: string | undefined;
  purpose?: string | undefined;
}

/** `/api/usage`: what model calls used and cost. */
export class UsageResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  report(options: UsageReportOptions = {}): Promise<UsageReport> {
    const { groupBy, from, to, runId, threadId, userId, agent, model, provider, purpose } = options;
    const of = { run_id: runId, thread_id: threadId, user_id: userId, agent, model, provider, purpose };
    const query = { ...pageQuery(options), group_by: groupBy?.join(','), from, to, ...of };
    return this.#transport.json({ method: 'GET', path: '/api/usage', query, ...options });
  }
}
