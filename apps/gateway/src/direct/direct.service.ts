import { Inject, Injectable } from '@nestjs/common';
import { type CallAttempt, type CallResult, stopReasonOf, usageOf } from '@troupe/agent';
import { type DirectResponse, type ModelId, newId, textOf } from '@troupe/contracts';
import { callLedgerId, Database, type LedgerRow, ledgerOfCalls, recordUsage, TenantWeights } from '@troupe/database';
import { heldTooLong, ModelCalls } from '@troupe/model-calls';
import type { Logger, Metrics } from '@troupe/observability';
import type { ModelCatalog, ModelEvent, ModelRequest, ModelResponse } from '@troupe/spec';
import type { Caller } from '../auth/caller.js';
import { LOGGER, METRICS, MODELS } from '../tokens.js';
import type { DirectDto } from './direct.dto.js';
import { directModelRequest } from './direct-model-request.js';
import { EventPipe } from './event-pipe.js';

export interface DirectCall {
  caller: Caller;
  body: DirectDto;
  /** Aborts when the caller is gone: nobody else wants the answer. */
  signal: AbortSignal;
}

/** A call in the runtime's own words. */
export interface ModelCall {
  caller: Caller;
  model: ModelId;
  /** Asked in this order when the model cannot answer. */
  fallbacks?: readonly ModelId[];
  request: ModelRequest;
  signal: AbortSignal;
}

/** What a stream ends with. */
export type DirectEnding = Omit<DirectResponse, 'message'>;

/** Nobody parks a caller who waits at the other end of a connection: it waits so long, then it is told when to come back. */
const PATIENCE_MS = 10_000;
/** Further tries of a model that failed before its first word; nobody else tries again for a caller. */
const RETRIES = 2;
/** Who calls without a run has one attempt. */
const ATTEMPT = 1;

/** Calls a provider without thread, memory or tools, and writes down what it cost. */
@Injectable()
export class DirectService {
  readonly #weights: TenantWeights;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(MODELS) private readonly models: ModelCatalog,
    @Inject(ModelCalls) private readonly calls: ModelCalls,
    @Inject(METRICS) private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.#weights = new TenantWeights(database);
  }

  async answer(call: DirectCall): Promise<DirectResponse> {
    const { response, model } = await this.#call(this.#modelCall(call));
    return {
      message: { role: 'assistant', content: textOf(response.content) },
      ...this.#endingOf(model, response),
    };
  }

  /** Yields pieces of text and returns what a stream ends with. Throws what the provider complains about. */
  async *stream(call: DirectCall): AsyncGenerator<string, DirectEnding> {
    for await (const event of this.events(this.#modelCall(call))) {
      if (event.type === 'text.delta') yield event.delta;
      if (event.type === 'completed') return this.#endingOf(event.model, event.response);
    }
    throw new Error('A stream of events ends with the whole answer.');
  }

  /** Any request and everything that its answer brings, `completed` last. Throws what the provider complains about. */
  async *events(call: ModelCall): AsyncGenerator<DirectEvent, void> {
    const pipe = new EventPipe<DirectEvent>();
    const left = new AbortController();
    const signal = AbortSignal.any([call.signal, left.signal]);
    const calling = this.#call({ ...call, signal }, (event) => pipe.push(event)).then(
      async ({ response, model }) => {
        await pipe.push({ type: 'completed', response, model });
        pipe.end();
      },
      (error: unknown) => pipe.fail(error),
    );
    try {
      yield* pipe.read();
    } finally {
      left.abort(new Error('The reader left.'));
      await calling;
    }
  }

  #modelCall({ caller, body, signal }: DirectCall): ModelCall {
    const model = body.model ?? this.models.defaultModel;
    return { caller, model, fallbacks: body.fallback_models, request: directModelRequest(body), signal };
  }

  /** @throws TroupeError of the provider, `provider_rate_limited` when a limit holds the call for too long, `budget_exceeded` */
  async #call(
    { caller, model, fallbacks = [], request, signal }: ModelCall,
    onModelEvent?: (event: DirectEvent) => Promise<void>,
  ): Promise<Extract<CallResult, { type: 'answered' }>> {
    const id = newId();
    const startedAt = performance.now();
    const result = await this.calls.caller.call({
      id,
      routes: [model, ...fallbacks],
      request,
      tenant: caller.tenantId,
      weight: this.#weights.of(caller.tenantId),
      priority: 'interactive',
      signal,
      patienceMs: PATIENCE_MS,
      retries: RETRIES,
      onStart: (started) => {
        const owner = { tenantId: caller.tenantId, userId: null, agent: null, apiKeyId: caller.keyId };
        return this.calls.reserve(owner, callLedgerId(id, ATTEMPT, started.number), started);
      },
      ...(onModelEvent && { onModelEvent }),
    });
    this.#record(caller, id, result.attempts, startedAt);
    if (result.type === 'answered') return result;
    throw result.type === 'held' ? heldTooLong(result, { mayFallBack: true }) : result.error;
  }

  /** One row a request that left, whatever became of it. */
  #record(caller: Caller, id: string, attempts: readonly CallAttempt[], startedAt: number): void {
    const { prices } = this.calls;
    const rows = ledgerOfCalls(attempts, { ownerId: id, attempt: ATTEMPT, purpose: 'direct', prices });
    for (const { provider, model, outcome } of rows) {
      this.metrics.callTook({ provider, model, outcome }, (performance.now() - startedAt) / 1_000);
    }
    // Not waited for: the answer is there, and a ledger that is away for a moment must not take it back.
    this.#store(caller, rows).catch((error: unknown) =>
      this.logger.error({ err: error, rows }, 'the usage of a direct call could not be stored'),
    );
  }

  async #store({ tenantId }: Caller, rows: readonly LedgerRow[]): Promise<void> {
    for (const row of rows) await recordUsage(this.database, { tenantId }, row);
    this.calls.settle(tenantId, rows);
  }

  #endingOf(model: ModelId, { finish, usage }: ModelResponse): DirectEnding {
    return {
      model,
      stop_reason: stopReasonOf(finish.reason),
      usage: { ...usageOf(usage), cost: this.calls.prices.priceOf(model, usage)?.cost ?? null },
    };
  }
}

/** What an answer brings; the last says which of the models gave it. */
export type DirectEvent =
  | Exclude<ModelEvent, { type: 'completed' }>
  | { type: 'completed'; response: ModelResponse; model: ModelId };
