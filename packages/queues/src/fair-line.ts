import type { Redis } from 'ioredis';

/** Jobs of runs that nobody waits for stand behind so many of their tenant's. */
const BACKGROUND_HANDICAP = 1_000;
/** While no more wait than this, everybody is served at once and the order says nothing. */
const CALM = 8;
/** BullMQ ranks up to 2^21 - 1; a place takes two numbers, the odd one for the background. */
const LAST_PLACE = 2 ** 20 - 1 - BACKGROUND_HANDICAP;
/** How long a line is remembered after its last move. Seconds. */
const MEMORY_SECONDS = 600;
/** How often a worker tells how far the line is, at most. Milliseconds. */
const TELL_EVERY_MS = 100;

/**
 * Gives a job its place: one step behind the last of its tenant, or behind the one that is being served, whichever is
 * further. At the end of the range the line begins anew; those in it until then are served by and by.
 */
const TAKE_PLACE = `
  local served = tonumber(redis.call('HGET', KEYS[1], 'served')) or 0
  local last = tonumber(redis.call('HGET', KEYS[1], ARGV[1])) or 0
  local place = math.max(served, last) + tonumber(ARGV[2])
  if place > tonumber(ARGV[3]) then
    redis.call('DEL', KEYS[1])
    place = tonumber(ARGV[2])
  end
  redis.call('HSET', KEYS[1], ARGV[1], tostring(place))
  redis.call('EXPIRE', KEYS[1], ARGV[4])
  return math.ceil(place)
`;

const TELL_SERVED = `
  local served = tonumber(redis.call('HGET', KEYS[1], 'served')) or 0
  if tonumber(ARGV[1]) > served then redis.call('HSET', KEYS[1], 'served', ARGV[1]) end
  redis.call('EXPIRE', KEYS[1], ARGV[2])
`;

export interface Newcomer {
  tenant: string;
  /** The tenant's share, compared with others. */
  weight: number;
  /** Nobody waits for it. */
  background: boolean;
  /** How many wait for a worker now, of all tenants. */
  waiting: number;
}

/**
 * Who is next, when more wait than are worked on: start-time fair queuing by tenant, told to BullMQ as priorities. The first
 * run of a tenant stands before the second of another that has sent ten thousand; those of one tenant stay in order.
 */
export class FairLine {
  readonly #redis: Redis;
  readonly #key: string;
  #served = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param queue name of the queue that the line is for */
  constructor(redis: Redis, queue: string) {
    this.#redis = redis;
    this.#key = `troupe:line:${queue}`;
  }

  /**
   * The priority of a run's first job. Undefined, which is before all others: there is no crowd, or Redis does not answer.
   * Later jobs of a run have none: what was begun is finished first.
   */
  async join({ tenant, weight, background, waiting }: Newcomer): Promise<number | undefined> {
    if (waiting <= CALM) return undefined;
    const name = background ? `background:${tenant}` : tenant;
    try {
      const place = await this.#redis.eval(TAKE_PLACE, 1, this.#key, name, 1 / weight, LAST_PLACE, MEMORY_SECONDS);
      return priorityOf(Number(place), background);
    } catch {
      return undefined;
    }
  }

  /** A worker has begun a job of that priority: nobody who comes now is served before it. */
  serve(priority: number | undefined): void {
    if (!priority) return;
    this.#served = Math.max(this.#served, placeOf(priority));
    this.#timer ??= setTimeout(() => void this.#tell(), TELL_EVERY_MS).unref();
  }

  async #tell(): Promise<void> {
    this.#timer = undefined;
    const served = this.#served;
    this.#served = 0;
    try {
      await this.#redis.eval(TELL_SERVED, 1, this.#key, served, MEMORY_SECONDS);
    } catch {
      // The next one tells it.
    }
  }
}

function priorityOf(place: number, background: boolean): number {
  return background ? 2 * (place + BACKGROUND_HANDICAP) + 1 : 2 * place;
}

function placeOf(priority: number): number {
  const place = Math.floor(priority / 2);
  return priority % 2 === 1 ? place - BACKGROUND_HANDICAP : place;
}
