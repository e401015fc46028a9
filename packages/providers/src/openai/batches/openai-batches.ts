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
import { wireCustomId } from '../../shared/batch-custom-id.js';
import { hasEnded, withoutBatch } from '../../shared/batch-errors.js';
import { batchLineBytes, collectBatchLines } from '../../shared/batch-lines.js';
import type { KeyedClients } from '../../shared/keyed-clients.js';
import type { ProviderErrors } from '../../shared/provider-errors.js';
import type { ProviderTimeouts } from '../../shared/provider-timeouts.js';
import { readJsonAnswer } from '../../shared/read-json-answer.js';
import { readJsonLines } from '../../shared/read-json-lines.js';
import type { OpenAiClient } from '../create-openai-clients.js';
import type { BatchEndpoint } from './batch-endpoint.js';
import { multipartFile } from './multipart-file.js';
import type { WireBatch, WireBatchList, WireFile } from './openai-batch-wire.js';
import { readBatchResult } from './read-batch-result.js';
import { readBatchStatus } from './read-batch-status.js';

/** OpenAI's own: https://developers.openai.com/api/docs/guides/batch */
const openAiLimits: BatchLimits = { requests: 50_000, bytes: 200_000_000 };
/** Of a batch's metadata: names the batch as we call it. */
const keyName = 'troupe_batch';
/** How far the provider's clock and ours may be apart, in milliseconds. */
const clockSkewMs = 300_000;
const pageSize = 100;
/** What a small request may take until its headers, in milliseconds. */
const askTimeoutMs = 60_000;

export interface OpenAiBatchesOptions {
  model: ModelId;
  clients: KeyedClients<OpenAiClient>;
  endpoint: BatchEndpoint;
  errors: ProviderErrors;
  timeouts: ProviderTimeouts;
  limits?: BatchLimits;
}

interface Question {
  method?: 'get' | 'post';
  path: string;
  query?: Record<string, string | number>;
  body?: JsonObject | string;
  contentType?: string;
  /** Until the headers of the answer. */
  timeoutMs?: number;
}

interface From {
  account: string;
  signal?: AbortSignal;
}

/** OpenAI's Batch API: a file of requests goes up, files of results come down. */
export class OpenAiBatches implements BatchProvider {
  readonly model: ModelId;
  readonly accounts: readonly string[];
  readonly limits: BatchLimits;

  constructor(readonly options: OpenAiBatchesOptions) {
    this.model = options.model;
    this.accounts = options.clients.accounts;
    this.limits = options.limits ?? openAiLimits;
  }

  sizeOf(request: BatchRequest): number {
    // Keys are as long as any other's.
    return batchLineBytes(this.#lineOf(request, '0'.repeat(36)));
  }

  async submit(requests: AsyncIterable<BatchRequest>, submission: BatchSubmission): Promise<string> {
    const { key, beforePaying } = submission;
    const fileId = await this.#upload(requests, submission);
    await beforePaying();
    const body = {
      input_file_id: fileId,
      endpoint: this.options.endpoint.url,
      completion_window: '24h',
      metadata: { [keyName]: key },
    };
    const batch = await this.#ask<WireBatch>({ method: 'post', path: '/batches', body }, submission);
    return this.#idOf(batch, 'batch');
  }

  async find(intent: BatchIntent, _others: ReadonlySet<string>, signal?: AbortSignal): Promise<FoundBatch> {
    const oldest = (intent.since.getTime() - clockSkewMs) / 1_000;
    const ids: string[] = [];
    for (let after: string | undefined, more = true; more; ) {
      const query = { limit: pageSize, ...(after !== undefined && { after }) };
      const list = await this.#ask<WireBatchList>({ path: '/batches', query }, { account: intent.account, signal });
      const { data = [], has_more = false } = list;
      for (const { id, metadata, status } of data) {
        // Of one that failed nothing was worked on: it may be submitted again.
        if (id && metadata?.[keyName] === intent.key && status !== 'failed') ids.push(id);
      }
      const last = data.at(-1);
      after = last?.id;
      more = has_more && after !== undefined && (last?.created_at ?? 0) >= oldest;
    }
    const [first, ...rest] = ids.reverse();
    return first === undefined ? { state: 'absent' } : { state: 'found', ids: [first, ...rest] };
  }

  async status(batch: ProviderBatch, signal?: AbortSignal): Promise<BatchStatus> {
    return readBatchStatus(await this.#retrieve(batch, signal), this.options.errors);
  }

  async *results(batch: ProviderBatch, signal?: AbortSignal): AsyncGenerator<BatchResult, void> {
    const { clients, errors, timeouts, endpoint } = this.options;
    const { output_file_id, error_file_id } = await this.#retrieve(batch, signal);
    for (const fileId of [output_file_id, error_file_id]) {
      if (!fileId) continue;
      const lines = readJsonLines({
        open: async (callSignal) => {
          const sdk = await clients.of(batch.account).get();
          const options = { signal: callSignal, timeout: timeouts.wholeAnswerMs, stream: true };
          return sdk.ask('get', `/files/${encodeURIComponent(fileId)}/content`, options);
        },
        errors,
        signal,
      });
      for await (const line of lines) yield readBatchResult(line, endpoint, errors);
    }
  }

  async cancel(batch: ProviderBatch, signal?: AbortSignal): Promise<void> {
    const path = `/batches/${encodeURIComponent(batch.id)}/cancel`;
    try {
      await this.#ask({ method: 'post', path }, { account: batch.account, signal });
    } catch (error) {
      if (!hasEnded(error)) throw withoutBatch(error, batch.id);
    }
  }

  async #upload(requests: AsyncIterable<BatchRequest>, submission: BatchSubmission): Promise<string> {
    const { timeouts, errors } = this.options;
    const { key } = submission;
    const lines = await collectBatchLines(requests, {
      label: errors.provider.label,
      limits: this.limits,
      lineOf: (request) => this.#lineOf(request, key),
    });
    const text = `${lines.join('\n')}\n`;
    const { body, contentType } = multipartFile(
      { name: `${key}.jsonl`, type: 'application/jsonl', text },
      { purpose: 'batch' },
    );
    const question = { method: 'post', path: '/files', body, contentType, timeoutMs: timeouts.wholeAnswerMs } as const;
    return this.#idOf(await this.#ask<WireFile>(question, submission), 'file');
  }

  #lineOf({ customId, request }: BatchRequest, key: string): string {
    const { url, toBody } = this.options.endpoint;
    return JSON.stringify({ custom_id: wireCustomId(key, customId), method: 'POST', url, body: toBody(request) });
  }

  async #retrieve({ id, account }: ProviderBatch, signal: AbortSignal | undefined): Promise<WireBatch> {
    try {
      return await this.#ask<WireBatch>({ path: `/batches/${encodeURIComponent(id)}` }, { account, signal });
    } catch (error) {
      throw withoutBatch(error, id);
    }
  }

  #ask<Answer>(question: Question, { account, signal }: From): Promise<Answer> {
    const { clients, errors, timeouts } = this.options;
    const { method = 'get', path, query, body, contentType, timeoutMs = askTimeoutMs } = question;
    return readJsonAnswer<Answer, Answer>({
      open: async (callSignal) => {
        const sdk = await clients.of(account).get();
        return sdk.ask(method, path, {
          signal: callSignal,
          timeout: timeoutMs,
          ...(query !== undefined && { query }),
          ...(body !== undefined && { body }),
          ...(contentType !== undefined && { headers: { 'content-type': contentType } }),
        });
      },
      read: (answer) => answer,
      errors,
      timeouts,
      signal,
    });
  }

  #idOf({ id }: { id?: string }, what: string): string {
    if (typeof id === 'string' && id !== '') return id;
    throw this.options.errors.badResponse(`a ${what} without an id`);
  }
}
