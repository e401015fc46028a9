import { getQueueToken } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import {
  type AcceptedRunRow,
  type AcceptRunInput,
  acceptContinuedRun,
  acceptOnNewThreads,
  acceptRun,
  Database,
  Gatherer,
  TenantWeights,
} from '@troupe/database';
import { failpoint } from '@troupe/failpoints';
import type { Logger } from '@troupe/observability';
import { FairLine, llmQueue, ring } from '@troupe/queues';
import type { ModelCatalog } from '@troupe/spec';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { Admission } from '../backpressure/admission.js';
import type { Place } from '../backpressure/queue-depth.js';
import type { GatewayOptions } from '../gateway-dependencies.js';
import { COMMANDS, DEFAULT_AGENT, LOGGER, MODELS, OPTIONS } from '../tokens.js';
import type { RunRequest } from './run-request.js';
import { ThreadLine } from './thread-line.js';

/** How many runs one statement stores, at most. */
const MOST_TOGETHER = 16;

/** Takes runs in: admits them, stores them, and rings for them once they are stored. */
@Injectable()
export class RunIntake {
  readonly #database: Database;
  /** New threads stand in nobody's way: what is accepted on them at about the same time is stored together. */
  readonly #newThreads: Gatherer<AcceptRunInput, AcceptedRunRow | undefined>;
  readonly #queue: Queue;
  readonly #models: ModelCatalog;
  readonly #options: GatewayOptions;
  readonly #defaultAgent: string;
  readonly #admission: Admission;
  readonly #line: ThreadLine;
  readonly #weights: TenantWeights;
  readonly #fairLine: FairLine;
  readonly #logger: Logger;

  constructor(
    @Inject(Database) database: Database,
    @Inject(getQueueToken(llmQueue.name)) queue: Queue,
    @Inject(MODELS) models: ModelCatalog,
    @Inject(OPTIONS) options: GatewayOptions,
    @Inject(DEFAULT_AGENT) defaultAgent: string,
    @Inject(Admission) admission: Admission,
    @Inject(ThreadLine) line: ThreadLine,
    @Inject(COMMANDS) commands: Redis,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#database = database;
    this.#newThreads = new Gatherer({
      together: (inputs) => acceptOnNewThreads(database, inputs),
      most: MOST_TOGETHER,
    });
    this.#queue = queue;
    this.#models = models;
    this.#options = options;
    this.#defaultAgent = defaultAgent;
    this.#admission = admission;
    this.#line = line;
    this.#weights = new TenantWeights(database);
    this.#fairLine = new FairLine(commands, llmQueue.name);
    this.#logger = logger;
  }

  /**
   * A place in the queue for the run, which must be filled.
   * @throws TroupeError `queue_full`, `server_overloaded`
   */
  enter({ caller }: RunRequest): Place {
    return this.#admission.enterQueue(caller.tenantId);
  }

  /** Stores a run in its place. One that was stored before, and a message that went to another run, give the place back. */
  store(request: RunRequest, runId: string, place: Place): Promise<AcceptedRunRow> {
    return place.fill(
      () => this.#acceptRun(request, runId),
      ({ replayed, steered }) => !replayed && !steered,
    );
  }

  async #acceptRun(request: RunRequest, runId: string): Promise<AcceptedRunRow> {
    if (request.model !== null) this.#models.resolve(request.model);
    for (const fallback of request.options?.fallback_models ?? []) this.#models.resolve(fallback);
    failpoint('accept.before-commit');
    const input: AcceptRunInput = {
      runId,
      tenantId: request.caller.tenantId,
      userId: request.userId,
      thread: request.thread,
      agent: request.agent,
      defaultAgent: this.#defaultAgent,
      model: request.model,
      defaultModel: this.#models.defaultModel,
      content: request.content,
      deadlineSeconds: this.#options.deadlineSeconds,
      multitaskStrategy: request.multitaskStrategy,
      options: {
        ...request.options,
        ...(request.model !== null && { model: request.model }),
        api_key_id: request.caller.keyId,
      },
      idempotency: request.idempotency,
    };
    const { earlier = [] } = request;
    if (earlier.length > 0) return acceptContinuedRun(this.#database, input, earlier);
    const alone = input.thread.type !== 'new' || this.#database.inTransaction;
    const accepted = alone ? undefined : await this.#newThreads.add(input);
    return accepted ?? acceptRun(this.#database, input);
  }

  /** Tells the workers of a run that was just stored, unless the run at work has its message. Not waited for. */
  ringFor(accepted: AcceptedRunRow, { caller, options }: RunRequest): void {
    if (accepted.steered) return;
    failpoint('accept.after-commit');
    if (accepted.wait) {
      this.#line.advance(accepted.threadId);
      return;
    }
    const onError = (error: unknown) => this.#logger.debug({ err: error }, 'a ring was lost; a worker will look');
    const { tenantId } = caller;
    const waiting = this.#admission.waiting;
    const background = options?.background === true;
    const job = { run_id: accepted.runId, step: 0, dispatch: 1 };
    const newcomer = { tenant: tenantId, weight: this.#weights.of(tenantId), background, waiting };
    void this.#fairLine
      .join(newcomer)
      .then((priority) => ring(this.#queue, llmQueue, 'advance-run', job, { priority, onError }));
    failpoint('accept.after-ring');
  }
}
