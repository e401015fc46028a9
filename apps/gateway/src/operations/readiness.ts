import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@troupe/database';
import type { Redis } from 'ioredis';
import { Admission } from '../backpressure/admission.js';
import { COMMANDS } from '../tokens.js';

/** A service that says nothing for so long counts as away, in milliseconds: probes give up after a second or more. */
const PATIENCE_MS = 900;
/** Probes ask at least this often, in milliseconds. */
const PROBES_ASK_EVERY_MS = 60_000;

export interface ReadinessCheck {
  ok: boolean;
  /** Whether requests must go elsewhere while this is not ok. */
  required: boolean;
  detail: string;
}

export interface ReadinessReport {
  ready: boolean;
  checks: { postgres: ReadinessCheck; redis: ReadinessCheck; accepting: ReadinessCheck; load: ReadinessCheck };
}

/** Whether this process should be sent requests. */
@Injectable()
export class Readiness {
  #draining = false;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(COMMANDS) private readonly redis: Redis,
    @Inject(Admission) private readonly admission: Admission,
  ) {}

  /** From now on load balancers are told to send requests elsewhere; those that come are still answered. */
  drain(): void {
    this.#draining = true;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Whether somebody has asked lately: a load balancer, which needs a moment to notice a change. */
  get watched(): boolean {
    return performance.now() - this.#askedAt < PROBES_ASK_EVERY_MS;
  }

  async report(): Promise<ReadinessReport> {
    this.#askedAt = performance.now();
    const [postgres, redis] = await Promise.all([
      answers(() => this.database.ping()),
      // Not even asked while it is known to be away: ioredis would refuse the command anyway.
      this.redis.status === 'ready' && answers(() => this.redis.ping()),
    ]);
    const trouble = this.admission.currentTrouble();
    const checks = {
      postgres: {
        ok: postgres,
        required: true,
        detail: postgres ? 'answers' : 'Postgres does not answer; check DATABASE_URL and that it runs.',
      },
      redis: {
        ok: redis,
        required: false,
        detail: redis ? 'answers' : 'Redis does not answer; work goes on through Postgres, a little slower.',
      },
      accepting: {
        ok: !this.#draining,
        required: true,
        detail: this.#draining ? 'The process is stopping.' : 'takes requests',
      },
      load: {
        ok: !trouble,
        // Streams and reads are still served, and if all gateways went away at once there would be nobody for them.
        required: false,
        detail: trouble ? `New runs are refused. ${trouble.message}` : 'takes new runs',
      },
    };
    return { ready: Object.values(checks).every(({ ok, required }) => ok || !required), checks };
  }
}

async function answers(ping: () => Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), PATIENCE_MS);
  try {
    return await Promise.race([ping().then(() => true), late.promise]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
