import type { QueuedRuns } from '@troupe/database';
import { Tally } from './tally.js';

export interface QueueDepthOptions {
  /** Counts the queued runs in the database. */
  count(): Promise<QueuedRuns>;
  /** Told when they cannot be counted for now; what was known before still holds. */
  onError(error: unknown): void;
}

/** Time from the beginning of one look to the next, in milliseconds, while runs are being asked for. */
const LOOK_EVERY_MS = 300;
/** After a pause as long as this, in milliseconds, what was counted before it says nothing any more. */
const FORGET_AFTER_MS = 2_000;

/** A run on its way into the queue. */
export interface Place {
  /** Does what stores the run. `stored` tells by its result whether there is one more now; without it there is. */
  fill<T>(store: () => Promise<T>, stored?: (result: T) => boolean): Promise<T>;
}

/**
 * How many runs wait for a worker, without asking on the way of any: the database is asked aside, a few times a second and
 * only while runs come, and what this gateway has let in since is added. So a flood through one gateway overshoots a
 * limit by nothing, and one through several by what the others let in between two looks.
 */
export class QueueDepth {
  readonly #options: QueueDepthOptions;
  #counted = new Tally();
  /** Stored since the look that was counted last began; a few of them may be in that count as well. */
  #since = new Tally();
  /** The same since the look that is under way began. */
  #sinceLook = new Tally();
  readonly #underWay = new Tally();
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking = false;
  /** When the look that was counted last began. */
  #countedAt = Number.NEGATIVE_INFINITY;
  /** Runs that the workers began in a millisecond, between the last two looks. */
  #begunPerMs = 0;

  constructor(options: QueueDepthOptions) {
    this.#options = options;
  }

  get all(): number {
    return this.#counted.all + this.#since.all + this.#underWay.all;
  }

  /**
   * How many wait, as far as can be guessed: unlike `all`, which a limit goes by, without those that the workers have begun
   * since the last look if they went on as before it. Workers that keep up leave a few, whatever comes.
   */
  get waiting(): number {
    const known = this.#counted.all + this.#since.all;
    // Nothing is known of the workers before the second look.
    if (this.#begunPerMs === 0) return known;
    return Math.max(0, known - this.#begunPerMs * (performance.now() - this.#countedAt));
  }

  of(tenantId: string): number {
    return this.#counted.of(tenantId) + this.#since.of(tenantId) + this.#underWay.of(tenantId);
  }

  /** Looks anew when it is time. Call it whenever a run is asked for; it never waits. */
  refresh(): void {
    const now = performance.now();
    if (this.#looking || now - this.#lookedAt < LOOK_EVERY_MS) return;
    if (now - this.#lookedAt > FORGET_AFTER_MS) {
      this.#counted = new Tally();
      this.#since = new Tally();
    }
    this.#lookedAt = now;
    void this.#look();
  }

  /** Counts a run from now on; its place must be filled. */
  enter(tenantId: string): Place {
    this.#underWay.add(tenantId, 1);
    return {
      fill: async (store, stored = () => true) => {
        try {
          const result = await store();
          if (stored(result)) this.#countStored(tenantId);
          return result;
        } finally {
          this.#underWay.add(tenantId, -1);
        }
      },
    };
  }

  #countStored(tenantId: string): void {
    this.#since.add(tenantId, 1);
    this.#sinceLook.add(tenantId, 1);
  }

  async #look(): Promise<void> {
    this.#looking = true;
    this.#sinceLook = new Tally();
    const startedAt = this.#lookedAt;
    const known = this.#counted.all + this.#since.all;
    try {
      const { all, byTenant } = await this.#options.count();
      this.#begunPerMs = Math.max(0, known - all) / (startedAt - this.#countedAt);
      this.#countedAt = startedAt;
      this.#counted = new Tally(byTenant);
      this.#since = this.#sinceLook;
      this.#sinceLook = new Tally();
    } catch (error) {
      this.#options.onError(error);
    } finally {
      this.#looking = false;
    }
  }
}
