import type { JsonObject, ModelId } from '@troupe/contracts';
import type {
  BatchIntent,
  BatchLimits,
  BatchProvider,
  BatchRequest,
  BatchResult,
  BatchStatus,
  BatchSubmission,
  FoundBatch,
  ProviderBatch,
} from '@troupe/spec';
import { readWireCustomId, wireCustomId } from '../../shared/batch-custom-id.js';
import { hasEnded, withoutBatch } from '../../shared/batch-errors.js';
import { batchLineBytes, collectBatchLines } from '../../shared/batch-lines.js';
import type { HttpResponse } from '../../shared/http-response.js';
import type { KeyedClients } from '../../shared/keyed-clients.js';
import type { OnFirstUse } from '../../shared/on-first-use.js';
import type { ProviderErrors } from '../../shared/provider-errors.js';
import { MalformedAnswer } from '../../shared/provider-failure.js';
import type { ProviderTimeouts } from '../../shared/provider-timeouts.js';
import { readJsonAnswer } from '../../shared/read-json-answer.js';
import { readJsonLines } from '../../shared/read-json-lines.js';
import type { AnthropicSdk } from '../anthropic-sdk.js';
import { convertToAnthropicRequest } from '../convert-to-anthropic-request.js';
import type { WireBatch, WireBatchCounts, WireBatchList } from './anthropic-batch-wire.js';
import { readBatchResult } from './read-batch-result.js';
import { readBatchStatus } from './read-batch-status.js';

/** Anthropic's own: https://platform.claude.com/docs/en/build-with-claude/batch-processing */
const anthropicLimits: BatchLimits = { requests: 100_000, bytes: 256_000_000 };
/** What stands around the requests in the one body. */
const bodyAround = { before: '{"requests":[', after: ']}' };
/** How far the provider's clock and ours may be apart, in milliseconds. */
const clockSkewMs = 300_000;
const pageSize = 100;
/** What a small request may take until its headers, in milliseconds. */
const askTimeoutMs = 60_000;
const path = '/v1/messages/batches';

export interface AnthropicBatchesOptions {
  /** The provider's id. */
  provider: string;
  /** The model's name in Anthropic's words. */
  model: string;
  clients: KeyedClients<OnFirstUse<AnthropicSdk>>;
  errors: ProviderErrors;
  timeouts: ProviderTimeouts;
  limits?: BatchLimits;
}

interface Question {
  method?: 'get' | 'post';
  path: string;
  query?: Record<string, string | number>;
  /** JSON as text. */
  body?: string;
  /** Until the headers of the answer. */
  timeoutMs?: number;
}

/** Anthropic's Message Batches: one body with all requests, one file of results. */
export class AnthropicBatches implements BatchProvider {
  readonly model: ModelId;
  readonly accounts: readonly string[];
  readonly limits: BatchLimits;

  constructor(readonly options: AnthropicBatchesOptions) {
    this.model = `${options.provider}/${options.model}`;
    this.accounts = options.clients.accounts;
    this.limits = options.limits ?? anthropicLimits;
  }

  sizeOf(request: BatchRequest): number {
    // Keys are as long as any other's.
    return batchLineBytes(this.#lineOf(request, '0'.repeat(36)));
  }

  async submit(requests: AsyncIterable<BatchRequest>, submission: BatchSubmission): Promise<string> {
    const { errors, timeouts } = this.options;
    const { key, account, signal, beforePaying } = submission;
    const lines = await collectBatchLines(requests, {
      label: errors.provider.label,
      limits: this.limits,
      lineOf: (request) => this.#lineOf(request, key),
    });
    const body = bodyAround.before + lines.join(',') + bodyAround.after;
    await beforePaying();
    const question = { method: 'post', path, body, timeoutMs: timeouts.wholeAnswerMs } as const;
    const { id } = await this.#ask<WireBatch>(question, account, signal);
    if (!id) throw errors.badResponse('a batch without an id');
    return id;
  }

  /**
   * A batch has no name of its own here, and shows its requests only with the results. So those of the right time and size
   * are looked into once they have ended; until then nobody can tell.
   */
  async find(intent: BatchIntent, others: ReadonlySet<string>, signal?: AbortSignal): Promise<FoundBatch> {
    const ids: string[] = [];
    let unclear = false;
    for await (const { id = '', processing_status, request_counts } of this.#since(intent, signal)) {
      if (id === '' || others.has(id) || countOf(request_counts ?? {}) !== intent.requestCount) continue;
      if (processing_status !== 'ended') unclear = true;
      else if (await this.#isOf(intent, id, signal)) ids.push(id);
    }
    const [first, ...rest] = ids.reverse();
    if (first !== undefined) return { state: 'found', ids: [first, ...rest] };
    return { state: unclear ? 'unclear' : 'absent' };
  }

  async status(batch: ProviderBatch, signal?: AbortSignal): Promise<BatchStatus> {
    try {
      const wire = await this.#ask<WireBatch>({ path: pathOf(batch.id) }, batch.account, signal);
      return readBatchStatus(wire, this.options.errors);
    } catch (error) {
      throw withoutBatch(error, batch.id);
    }
  }

  async *results(batch: ProviderBatch, signal?: AbortSignal): AsyncGenerator<BatchResult, void> {
    for await (const line of this.#lines(batch, signal)) yield readBatchResult(line, this.options);
  }

  async cancel(batch: ProviderBatch, signal?: AbortSignal): Promise<void> {
    try {
      await this.#ask({ method: 'post', path: `${pathOf(batch.id)}/cancel` }, batch.account, signal);
    } catch (error) {
      if (!hasEnded(error)) throw withoutBatch(error, batch.id);
    }
  }

  /** Newest first. */
  async *#since({ account, since }: BatchIntent, signal: AbortSignal | undefined): AsyncGenerator<WireBatch, void> {
    const oldest = since.getTime() - clockSkewMs;
    for (let after: string | undefined, more = true; more; ) {
      const query = { limit: pageSize, ...(after !== undefined && { after_id: after }) };
      const { data = [], has_more = false } = await this.#ask<WireBatchList>({ path, query }, account, signal);
      for (const batch of data) {
        if (Date.parse(batch.created_at ?? '') < oldest) return;
        yield batch;
      }
      after = data.at(-1)?.id;
      more = has_more && after !== undefined;
    }
  }

  /** Whether the results of a batch that has ended are those of our requests. */
  async #isOf({ key, account }: BatchIntent, id: string, signal: AbortSignal | undefined): Promise<boolean> {
    for await (const { custom_id } of this.#lines({ id, account }, signal)) {
      try {
        return readWireCustomId(custom_id).key === key;
      } catch (error) {
        if (error instanceof MalformedAnswer) return false;
        throw error;
      }
    }
    return false;
  }

  #lines({ id, account }: ProviderBatch, signal: AbortSignal | undefined): AsyncGenerator<JsonObject, void> {
    const { errors, timeouts } = this.options;
    const question = { path: `${pathOf(id)}/results`, timeoutMs: timeouts.wholeAnswerMs };
    return readJsonLines({ open: (callSignal) => this.#open(question, account, callSignal), errors, signal });
  }

  #lineOf({ customId, request }: BatchRequest, key: string): string {
    const { model, provider } = this.options;
    const params = convertToAnthropicRequest(request, model, provider);
    return JSON.stringify({ custom_id: wireCustomId(key, customId), params });
  }

  #ask<Answer>(question: Question, account: string, signal: AbortSignal | undefined): Promise<Answer> {
    const { errors, timeouts } = this.options;
    return readJsonAnswer<Answer, Answer>({
      open: (callSignal) => this.#open(question, account, callSignal),
      read: (answer) => answer,
      errors,
      timeouts,
      signal,
    });
  }

  async #open(question: Question, account: string, signal: AbortSignal): Promise<HttpResponse> {
    const { method = 'get', query, body, timeoutMs = askTimeoutMs } = question;
    const sdk = await this.options.clients.of(account).get();
    return sdk.ask(method, question.path, {
      signal,
      timeout: timeoutMs,
      stream: true,
      ...(query !== undefined && { query }),
      ...(body !== undefined && { body, headers: { 'content-type': 'application/json' } }),
    });
  }
}

function pathOf(id: string): string {
  return `${path}/${encodeURIComponent(id)}`;
}

function countOf({ processing = 0, succeeded = 0, errored = 0, canceled = 0, expired = 0 }: WireBatchCounts): number {
  return processing + succeeded + errored + canceled + expired;
}
