import { Inject, Injectable } from '@nestjs/common';
import { stopReasonOf } from '@troupe/agent';
import { type DirectResponse, TroupeError, textOf } from '@troupe/contracts';
import { Database, ledgerRow, recordUsage } from '@troupe/database';
import type { Logger, Metrics } from '@troupe/observability';
import type { ModelCatalog, ModelEvent, ModelRequest, ModelResponse } from '@troupe/spec';
import type { Caller } from '../auth/caller.js';
import { LOGGER, METRICS, MODELS } from '../tokens.js';
import type { DirectDto } from './direct.dto.js';

export interface DirectCall {
  caller: Caller;
  body: DirectDto;
  /** Aborts when the caller is gone: nobody else wants the answer. */
  signal: AbortSignal;
}

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
    const response = await this.#measured(call, model.id, () =>
      model.generate(modelRequest(call.body), { signal: call.signal }),
    );
    return { message: { role: 'assistant', content: textOf(response.content) }, ...this.ending(model.id, response) };
  }

  /** Tells of every piece of text, then answers with what a stream ends with. Unknown models throw before anything is sent. */
  stream(call: DirectCall): (onText: (delta: string) => void) => Promise<Omit<DirectResponse, 'message'>> {
    const model = this.models.resolve(call.body.model ?? this.models.defaultModel);
    return async (onText) => {
      const events = model.stream(modelRequest(call.body), { signal: call.signal });
      const response = await this.#measured(call, model.id, () => readAll(events, onText));
      return this.ending(model.id, response);
    };
  }

  ending(model: string, { finish, usage }: ModelResponse): Omit<DirectResponse, 'message'> {
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

  async #measured(call: DirectCall, model: string, work: () => Promise<ModelResponse>): Promise<ModelResponse> {
    const startedAt = performance.now();
    let outcome = 'completed';
    try {
      const response = await work();
      const row = ledgerRow({ purpose: 'direct', model, outcome, usage: response.usage });
      // Not waited for: the answer is there, and a ledger that is away for a moment must not take it back.
      recordUsage(this.database, call.caller.tenantId, row).catch((error: unknown) =>
        this.logger.error({ err: error, model }, 'the usage of a direct call could not be stored'),
      );
      return response;
    } catch (error) {
      outcome = error instanceof TroupeError ? error.code : 'aborted';
      throw error;
    } finally {
      const [provider = '', name = ''] = splitModel(model);
      const seconds = (performance.now() - startedAt) / 1_000;
      this.metrics.modelCallDuration.observe({ provider, model: name, outcome }, seconds);
    }
  }
}

async function readAll(events: AsyncIterable<ModelEvent>, onText: (delta: string) => void): Promise<ModelResponse> {
  for await (const event of events) {
    if (event.type === 'text.delta') onText(event.delta);
    else if (event.type === 'completed') return event.response;
  }
  throw new TroupeError({
    code: 'provider_stream_interrupted',
    fault: 'upstream',
    message: 'The answer broke off before its end. Try again.',
    retryable: true,
  });
}

/** System messages come first wherever they stood: providers know one system text. */
function modelRequest({ messages, temperature, max_tokens }: DirectDto): ModelRequest {
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  return {
    ...(system.length > 0 && { system: system.join('\n\n') }),
    messages: messages.flatMap(({ role, content }) =>
      role === 'system' ? [] : [{ role, content: [{ type: 'text' as const, text: content }] }],
    ),
    settings: { ...(temperature !== undefined && { temperature }), ...(max_tokens !== undefined && { max_tokens }) },
  };
}

function splitModel(id: string): string[] {
  const slash = id.indexOf('/');
  return [id.slice(0, slash), id.slice(slash + 1)];
}
