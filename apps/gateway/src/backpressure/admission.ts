import { TroupeError } from '@troupe/contracts';
import type { Limits } from './limits.js';
import type { ProcessLoad } from './process-load.js';
import type { Place, QueueDepth } from './queue-depth.js';

export interface AdmissionOptions {
  limits: Limits;
  depth: QueueDepth;
  load: ProcessLoad;
  /** Told of every refusal. */
  onRefusal(error: TroupeError): void;
}

/** When to come back, in milliseconds: a queue or a load that was too much is still much a moment later. */
const RETRY_AFTER_MS = 2_000;

/** Decides whether more work may be taken. Who is refused is told before anything was stored, and when to come back. */
export class Admission {
  readonly #options: AdmissionOptions;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /**
   * A place in the queue for a run of that tenant, which must be filled.
   * @throws TroupeError `queue_full`, `server_overloaded`
   */
  enterQueue(tenantId: string): Place {
    const { depth } = this.#options;
    depth.refresh();
    this.#refuseFor(this.#ownTrouble() ?? this.#queueTrouble() ?? this.#tenantTrouble(tenantId));
    return depth.enter(tenantId);
  }

  /**
   * For work that this process does itself, outside of the queue.
   * @throws TroupeError `server_overloaded`
   */
  enter(): void {
    this.#refuseFor(this.#ownTrouble());
  }

  /** How many runs wait for a worker, about. */
  get waiting(): number {
    return this.#options.depth.waiting;
  }

  /** What makes new work of every tenant be refused now. */
  currentTrouble(): TroupeError | undefined {
    this.#options.depth.refresh();
    return this.#ownTrouble() ?? this.#queueTrouble();
  }

  #refuseFor(trouble: TroupeError | undefined): void {
    if (!trouble) return;
    this.#options.onRefusal(trouble);
    throw trouble;
  }

  #ownTrouble(): TroupeError | undefined {
    const { eventLoopDelayMs, connectionWaitMs } = this.#options.load;
    if (eventLoopDelayMs !== undefined) {
      return overloaded(
        `This gateway has been late for seconds on end, now by ${Math.round(eventLoopDelayMs)} ms ` +
          '(MAX_EVENT_LOOP_DELAY_MS). Start more gateways, or give this one a processor of its own.',
      );
    }
    if (connectionWaitMs === undefined) return undefined;
    return overloaded(
      `Requests have waited ${Math.round(connectionWaitMs)} ms and more for a connection to Postgres (MAX_CONNECTION_WAIT_MS). See whether ` +
        'Postgres is slow; if it is not, raise DATABASE_POOL_SIZE.',
    );
  }

  #queueTrouble(): TroupeError | undefined {
    const { limits, depth } = this.#options;
    if (depth.all < limits.queuedRuns) return undefined;
    return overloaded(
      `${limits.queuedRuns} runs wait for a worker (MAX_QUEUED_RUNS). Start more llm-workers, or raise the limit.`,
    );
  }

  #tenantTrouble(tenantId: string): TroupeError | undefined {
    const { limits, depth } = this.#options;
    if (depth.of(tenantId) < limits.queuedRunsPerTenant) return undefined;
    return new TroupeError({
      code: 'queue_full',
      fault: 'caller',
      message:
        `${limits.queuedRunsPerTenant} of your runs wait for a worker, as many as may (MAX_QUEUED_RUNS_PER_TENANT). ` +
        'Nothing was stored: send it again when some of them have begun.',
      retryable: true,
      retryAfterMs: RETRY_AFTER_MS,
    });
  }
}

function overloaded(reason: string): TroupeError {
  return new TroupeError({
    code: 'server_overloaded',
    fault: 'server',
    message: `Nothing was stored: send it again in a moment. ${reason}`,
    retryable: true,
    retryAfterMs: RETRY_AFTER_MS,
  });
}
