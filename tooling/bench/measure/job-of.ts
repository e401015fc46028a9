import type { Cell } from '../cells.js';
import type { LoadJob } from '../load/load-job.js';
import type { BenchStand } from './bench-stand.js';

/** `direct` is the same question to the provider itself. */
export type Side = 'direct' | 'ours';

/** The load of a cell on one side. */
export function jobOf(stand: BenchStand, cell: Cell, side: Side): LoadJob {
  const { users, model, stream, toolRound, oneConversation, spreadMs, schedule, repliesPerUser, durationMs } = cell;
  return {
    dialect: side === 'direct' ? 'openai' : 'troupe',
    url: side === 'direct' ? stand.simulator.url : stand.server.url,
    apiKey: stand.apiKey,
    model,
    stream,
    users,
    spreadMs,
    toolRound,
    oneConversation,
    expected: stand.answers.get(cell.tokens) ?? [],
    ...(schedule && { schedule }),
    ...(repliesPerUser !== undefined && { repliesPerUser }),
    ...(durationMs && { durationMs: durationMs[side] }),
  };
}
