import { Inject, Injectable } from '@nestjs/common';
import { estimateTextTokens, stopReasonOf } from '@troupe/agent';
import { type DirectResponse, TroupeError, textOf } from '@troupe/contracts';
import { Database, estimatedUsage, ledgerRow, recordUsage } from '@troupe/database';
import type { Logger, Metrics } from '@troupe/observability';
import type { ModelCatalog, ModelResponse, ModelUsage } from '@troupe/spec';
import type { Caller } from '../auth/caller.js';
import { LOGGER, METRICS, MODELS } from '../tokens.js';
import type { DirectDto } from './direct.dto.js';
import { directModelRequest } from './direct-model-request.js';

export interface DirectCall {
  caller: Caller;
  body: DirectDto;
  /** Aborts when the caller is gone: nobody else wants the answer. */
  signal: AbortSignal;
}

/** What a stream ends with. */
export type DirectEnding = Omit<DirectResponse, 'message'>;

/** Calls a provider without thread, memory or tools, and writes down what it cost. */
@Injectable()
export class DirectService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(MODELS) private readonly models: ModelCatalog,
    @Inject(METRICS) private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async answer(call: DirectCall): Promise<DirectResponse> {
    const model = this.models.resolve(call.body.model ?? this.models.defaultModel);
    const request = directModelRequest(call.body);
    const startedAt = performance.now();
    try {
      const response = await model.generate(request, { signal: call.signal });
      this.#record(call, model.id, startedAt, 'completed', response.usage);
      return { message: { role: 'assistant', content: textOf(response.content) }, ...endingOf(model.id, response) };
    } catch (error) {
      this.#record(call, model.id, startedAt, outcomeOf(error), guessedUsage(0));
      throw error;
    }
  }

  /** Yields pieces of text and returns what a stream ends with. Throws what the provider complains about. */
  async *stream(call: DirectCall): AsyncGenerator<string, DirectEnding> {
    const model = this.models.resolve(call.body.model ?? this.models.defaultModel);
    const request = directModelRequest(call.body);
    const startedAt = performance.now();
    let characters = 0;
    try {
      for await (const event of model.stream(request, { signal: call.signal })) {
        if (event.type === 'completed') {
          this.#record(call, model.id, startedAt, 'completed', event.response.usage);
          return endingOf(model.id, event.response);
        }
        if (event.type === 'text.delta' || event.type === 'reasoning.delta') characters += event.delta.length;
        if (event.type === 'text.delta') yield event.delta;
      }
      throw brokenOff();
    } catch (error) {
      this.#record(call, model.id, startedAt, outcomeOf(error), guessedUsage(characters));
      throw error;
    }
  }

  /** One row a call, whatever became of it. */
  #record({ caller }: DirectCall, id: string, startedAt: number, outcome: string, usage: ModelUsage): void {
    const row = ledgerRow({ purpose: 'direct', model: id, outcome, usage });
    const { provider, model } = row;
    this.metrics.modelCallDuration.observe({ provider, model, outcome }, (performance.now() - startedAt) / 1_000);
    // Not waited for: the answer is there, and a ledger that is away for a moment must not take it back.
    recordUsage(this.database, { tenantId: caller.tenantId }, row).catch((error: unknown) =>
      this.logger.error({ err: error, row }, 'the usage of a direct call could not be stored'),
    );
  }
}

function endingOf(model: string, { finish, usage }: ModelResponse): DirectEnding {
  return {
    model,
    stop_reason: stopReasonOf(finish.reason),
    usage: {
      input_tokens: usage.inputTokens,
      output_tokens: usage.outputTokens,
      total_tokens: usage.inputTokens + usage.outputTokens,
      cached_input_tokens: usage.cachedInputTokens,
      reasoning_tokens: usage.reasoningTokens,
      cost: usage.cost ?? null,
    },
  };
}

function outcomeOf(error: unknown): string {
  return error instanceof TroupeError ? error.code : 'aborted';
}

/** What was streamed until the call broke off was generated and is billed. */
function guessedUsage(characters: number): ModelUsage {
  return estimatedUsage(0, estimateTextTokens(characters));
}

function brokenOff(): TroupeError {
  return new TroupeError({
    code: 'provider_stream_interrupted',
    fault: 'upstream',
    message: 'The answer broke off before its end. Try again.',
    retryable: true,
  });
}
