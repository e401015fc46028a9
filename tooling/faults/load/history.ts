import { LineLog } from '../oracles/line-log.js';
import type { CasePlan } from './case-plan.js';

/** An event as a reader got it: attempt, number, type, data. */
export type SeenEvent = [attempt: number, n: number, type: string, data: string];

/** What a person may do about a call that waits. */
export type Verb = 'approve' | 'reject' | 'answer';

/** `foreign`: a run is asked for with another tenant's key. */
export type Operation = 'start' | 'duplicate' | 'cancel' | 'foreign';

/**
 * What a client did and learned, after Jepsen: an operation is invoked and then is known to have happened (`ok`), is known
 * not to have happened (`fail`), or nobody knows (`unknown`): a timeout is never a failure. Times are milliseconds since 1970.
 */
export type HistoryEntry = { at: number; case: string } & (
  | { type: 'invoke'; op: 'start'; plan: CasePlan; tenant: string; key?: string; poisoned: boolean }
  | { type: 'invoke'; op: Exclude<Operation, 'start'> }
  | { type: 'ok'; op: Operation; runId: string; threadId?: string }
  | { type: 'fail'; op: Operation; status: number; code?: string }
  | { type: 'unknown'; op: Operation; reason: string }
  /** Everything that one reader received over all its connections. `ended`: up to the event that ends a run. */
  | { type: 'read'; runId: string; from: 'live' | 'replay'; events: SeenEvent[]; ended: boolean }
  | { type: 'answer'; runId: string; status: string; response: string | null; output?: unknown }
  /** Somebody decides on a call that waits. */
  | { type: 'decide'; approvalId: string; call: string; by: string; verb: Verb; edited: boolean }
  | { type: 'decided'; approvalId: string; by: string; outcome: 'ok' | 'fail' | 'unknown'; reason?: string }
);

type Unstamped<T> = T extends unknown ? Omit<T, 'at'> : never;

/** The entries of one round, in memory for the checker and in a file for people. */
export class History {
  readonly entries: HistoryEntry[] = [];
  readonly #log: LineLog<HistoryEntry>;

  constructor(path: string) {
    this.#log = new LineLog(path);
  }

  add(entry: Unstamped<HistoryEntry>): void {
    const stamped = { at: Date.now(), ...entry } as HistoryEntry;
    this.entries.push(stamped);
    this.#log.add(stamped);
  }
}
