import type { Cell } from '../cells.js';
import type { BenchStand } from './bench-stand.js';
import { jobOf } from './job-of.js';
import { settle } from './settle.js';

/** As many users as make every connection pool and every code path be used. */
const USERS = 16;
/** A slow machine warms up for longer, or its processes would be colder; up to so many times as long. */
const LONGEST = 4;

/** All sides answer some of each workload first: a cold process compiles while it works, and is not what is measured. */
export async function warmUp(stand: BenchStand, cells: readonly Cell[], quick: boolean): Promise<void> {
  const [durationMs, runs] = quick ? [2_500, 500] : [6_000, 1_500];
  const workloads = Map.groupBy(
    cells.filter((cell) => cell.schedule === undefined),
    (cell) => `${cell.stream} ${cell.toolRound}`,
  );
  const plain = { spreadMs: 0, oneConversation: false, repliesPerUser: undefined, users: USERS };
  // Paced cells warm up as bursts do: the code is the same.
  const first = cells[0];
  const warmed = [...workloads.values()].flatMap(([cell]) => cell ?? []);
  for (const cell of warmed.length === 0 && first ? [first] : warmed) {
    const sides = ['direct', 'ours', ...(stand.reference && !cell.toolRound ? ['reference' as const] : [])] as const;
    for (const side of sides) {
      const job = { ...jobOf(stand, cell, side), ...plain, durationMs: side === 'direct' ? 500 : durationMs };
      for (let done = 0, times = 0; done < runs && times < LONGEST; times += 1) {
        done += (await stand.client.run(job)).replies;
      }
    }
  }
  await settle(stand, 0);
}
