import { setTimeout as sleep } from 'node:timers/promises';
import type { Cell } from '../cells.js';
import type { StatementCounter, StatementCounts } from '../sql/statement-counter.js';
import type { BenchStand } from './bench-stand.js';
import { jobOf } from './job-of.js';
import { settle } from './settle.js';
import { PACED_CROWD, PACED_TURN, type StatementsPerRun } from './statements-per-run.js';

const FRAME = /^(?:BEGIN|START TRANSACTION|COMMIT|ROLLBACK)/i;
/** Follow-ups, and what comes by the clock: keys, the count of waiting runs, weights and budgets of tenants. */
const NOT_OF_THE_TURN =
  /UPDATE follow_up_tasks|FROM api_keys|FROM runs WHERE status = 'queued' LIMIT|FROM tenants WHERE/;
/** One statement for all runs of a worker. */
const SHARED = /^INSERT INTO run_events|UPDATE runs SET lease_until/;
const REPLIES = 20;
/** At once, each in threads of their own: what waiting for each other adds. */
const USERS = 16;
/** Turns of one thread at which statements are counted, one by one. */
const COUNTED_TURNS = [2, 3, 12, 25, 26];
/** Every poll of every process comes round within this, in milliseconds. */
const REST_MS = 6_000;

/** A turn that lasts stores its events meanwhile: few are enough to see how often. */
const PACED_REPLIES = 3;
const PACED_USERS = 50;

/**
 * Counts what runs execute: one user's and many users' in a new thread each, in a burst and paced, and at several turns of
 * one thread. Both cells have answers of the same length.
 */
export async function countStatements(
  stand: BenchStand,
  counter: StatementCounter,
  { burst, paced }: { burst: Cell; paced: Cell },
): Promise<StatementsPerRun[]> {
  const job = { ...jobOf(stand, burst, 'ours'), durationMs: undefined };
  const run = async (
    replies: number,
    threadId: string | undefined,
    oneConversation: boolean,
    users = 1,
    model = burst.model,
  ) => {
    await stand.simulator.reset();
    counter.take();
    const change = { repliesPerUser: replies, threadId, oneConversation, users, model };
    const startedAt = performance.now();
    const { threadId: next } = await stand.client.run({ ...job, ...change });
    const seconds = (performance.now() - startedAt) / 1_000;
    await settle(stand, replies * users * (oneConversation ? 1 : 2));
    return { threadId: next, counts: counter.take(), seconds };
  };
  await run(REPLIES, undefined, false, USERS);
  counter.take();
  await sleep(REST_MS);
  const polls = new Set([...counter.take().values()].flatMap((counts) => [...counts.keys()]));

  const single = await run(REPLIES, undefined, false);
  const together = await run(REPLIES, undefined, false, USERS);
  const slow = await run(PACED_REPLIES, undefined, false, 1, paced.model);
  const crowd = await run(1, undefined, false, PACED_USERS, paced.model);
  const found = [
    summarize('a new thread, one user', REPLIES, single, polls),
    summarize(`a new thread, ${USERS} users`, REPLIES * USERS, together, polls),
    summarize(PACED_TURN, PACED_REPLIES, slow, polls),
    summarize(PACED_CROWD, PACED_USERS, crowd, polls),
  ];
  let threadId: string | undefined;
  let turn = 0;
  for (const counted of COUNTED_TURNS) {
    if (counted - turn > 1) ({ threadId } = await run(counted - turn - 1, threadId, true));
    const last = await run(1, threadId, true);
    threadId = last.threadId;
    turn = counted;
    found.push(summarize(`turn ${turn} of a thread`, 1, last, polls));
  }
  return found;
}

function summarize(
  what: string,
  runs: number,
  { counts, seconds }: { counts: StatementCounts; seconds: number },
  polls: ReadonlySet<string>,
): StatementsPerRun {
  const statements: Record<string, number> = {};
  const transactions: Record<string, number> = {};
  const texts: StatementsPerRun['texts'] = [];
  let path = 0;
  let shared = 0;
  for (const [process, found] of counts) {
    for (const [sql, count] of found) {
      if (/^COMMIT/i.test(sql)) transactions[process] = (transactions[process] ?? 0) + count / runs;
      if (FRAME.test(sql) || polls.has(sql)) continue;
      statements[process] = (statements[process] ?? 0) + count / runs;
      if (SHARED.test(sql)) shared += count;
      else if (!NOT_OF_THE_TURN.test(sql)) path += count / runs;
      texts.push({ process, sql, perRun: count / runs });
    }
  }
  return {
    what,
    runs,
    path,
    shared: { perRun: shared / runs, perSecond: shared / seconds },
    statements,
    transactions,
    texts: texts.sort((a, b) => b.perRun - a.perRun),
  };
}
