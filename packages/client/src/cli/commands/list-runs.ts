import type { Run, RunStatus, StopReason } from '@troupe/contracts';
import type { CommandContext } from '../command-context.js';
import { describeStatus } from '../describe-status.js';
import { formatTable } from '../format-table.js';

export interface ListRunsOptions {
  status?: RunStatus;
  stopReason?: StopReason;
  agent?: string;
  /** How many at most. */
  limit: number;
  json?: boolean;
}

/** Most entries that the server puts on a page. */
const LONGEST_PAGE = 100;

/** `troupe runs`: the newest runs. Returns the exit code. */
export async function listRuns({ client, screen }: CommandContext, options: ListRunsOptions): Promise<number> {
  const { status, stopReason, agent, limit } = options;
  const all: Run[] = [];
  let cursor: string | null | undefined;
  while (all.length < limit && cursor !== null) {
    const page = await client.runs.list({
      ...{ status, stopReason, agent },
      limit: Math.min(limit - all.length, LONGEST_PAGE),
      ...(cursor === undefined ? {} : { cursor }),
    });
    all.push(...page.data);
    cursor = page.next_cursor;
  }
  if (options.json) {
    screen.line(JSON.stringify(all));
    return 0;
  }
  const rows = all.map((run) => [run.id, describeStatus(run), run.agent, run.model, run.created_at]);
  for (const line of formatTable([['RUN', 'STATUS', 'AGENT', 'MODEL', 'CREATED'], ...rows])) screen.line(line);
  if (cursor) screen.notice(`There are older ones; --limit ${limit * 2} shows more.`);
  return 0;
}
