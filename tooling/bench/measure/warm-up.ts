import type { Cell } from '../cells.js';
import type { BenchStand } from './bench-stand.js';
import { jobOf } from './job-of.js';
import { settle } from './settle.js';

/** As many users as make every connection pool and every code path be used. */
const USERS = 16;

/** Both sides answer some of each workload first: a cold process compiles while it works, and is not what is measured. */
export async function warmUp(stand: BenchStand, cells: readonly Cell[], quick: boolean): Promise<void> {
  const durationMs = quick ? 2_500 : 6_000;
  const workloads = Map.groupBy(
    cells.filter((cell) => cell.schedule === undefined),
    (cell) => `${cell.stream} ${cell.toolRound}`,
  );
  const plain = { spreadMs: 0, oneConversation: false, repliesPerUser: undefined, users: USERS };
  // Paced cells warm up as bursts do: the code is the same.
  const first = cells[0];
  const warmed = [...workloads.values()].flatMap(([cell]) => cell ?? []);
  for (const cell of warmed.length === 0 && first ? [first] : warmed) {
    for (const side of ['direct', 'ours'] as const) {
      await stand.client.run({ ...jobOf(stand, cell, side), ...plain, durationMs: side === 'ours' ? durationMs : 500 });
    }
  }
  await settle(stand, 0);
}
