import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { parseBody, readBody } from '../read-body.js';
import { isJsonObject, type JsonObject } from '../requests/json-object.js';
import { asRejectedRequest, RejectedRequest } from '../requests/rejected-request.js';
import type { SimulatedProvider } from '../simulated-request.js';
import { anthropicBatch, anthropicResults } from './anthropic-batches.js';
import { openAiBatch, openAiResults } from './openai-batches.js';
import { readMultipartFile } from './read-multipart-file.js';
import { type BatchAnswer, type BatchBehavior, type BatchedRequest, SimulatedBatch } from './simulated-batch.js';

/** Ids that both vendors take: Anthropic's rule is the stricter one. */
const CUSTOM_ID = /^[A-Za-z0-9_-]{1,64}$/;
const BATCH_ROUTE = /^\/v1\/(?:messages\/)?batches(?:\/([^/]+))?(?:\/(cancel|results))?$/;
const FILE_ROUTE = /^\/v1\/files(?:\/([^/]+)\/content)?$/;

export interface BatchRoutesOptions {
  idPrefix: string;
  answer(provider: SimulatedProvider, request: BatchedRequest): BatchAnswer;
  /** @throws RejectedRequest */
  checkKey(provider: SimulatedProvider, message: IncomingMessage): void;
}

/** OpenAI's files and batches, and Anthropic's message batches. */
export class BatchRoutes {
  readonly #options: BatchRoutesOptions;
  readonly #inputs = new Map<string, string>();
  readonly #inputOf = new Map<string, string>();
  #batches: SimulatedBatch[] = [];
  #behaviors: BatchBehavior[] = [];
  #number = 0;

  constructor(options: BatchRoutesOptions) {
    this.#options = options;
  }

  /** Oldest first. */
  get batches(): readonly SimulatedBatch[] {
    return this.#batches;
  }

  /** The next batches behave so, one each. */
  script(behaviors: BatchBehavior[]): void {
    this.#behaviors.push(...behaviors);
  }

  reset(): void {
    this.#inputs.clear();
    this.#inputOf.clear();
    this.#batches = [];
    this.#behaviors = [];
  }

  /** Whether a request to this path is answered here. */
  knows(path: string): boolean {
    return BATCH_ROUTE.test(path) || FILE_ROUTE.test(path);
  }

  async handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(message.url ?? '', `http://${message.headers.host}`);
    const provider = url.pathname.startsWith('/v1/messages/') ? 'anthropic' : 'openai';
    try {
      const text = message.method === 'POST' ? await readBody(message) : '';
      this.#options.checkKey(provider, message);
      const file = FILE_ROUTE.exec(url.pathname);
      if (file) this.#answerFile(file[1], text, message, response);
      else this.#answerBatch(provider, url, text, message, response);
    } catch (error) {
      const { status, message: reason } = asRejectedRequest(error);
      const body = {
        type: 'error',
        error: { type: 'invalid_request_error', message: reason, param: null, code: null },
      };
      sendJson(response, body, status);
    }
  }

  #answerFile(id: string | undefined, text: string, message: IncomingMessage, response: ServerResponse): void {
    if (id === undefined) {
      const fileId = this.#newId('file-');
      this.#inputs.set(fileId, readMultipartFile(message.headers['content-type'], text));
      sendJson(response, { id: fileId, object: 'file', purpose: 'batch', bytes: text.length });
      return;
    }
    const [, batchId = '', kind] = /^(.*)-(output|errors)$/.exec(id) ?? [];
    const batch = this.#find(batchId);
    sendLines(response, batch, openAiResults(batch, kind === 'output' ? 'output' : 'errors'));
  }

  #answerBatch(
    provider: SimulatedProvider,
    url: URL,
    text: string,
    { method, headers }: IncomingMessage,
    response: ServerResponse,
  ): void {
    const [, id, action] = BATCH_ROUTE.exec(url.pathname) ?? [];
    if (id !== undefined) this.#answerKnown(this.#find(id), action, url, response);
    else if (method === 'POST') this.#accept(this.#create(provider, parseBody(text), headers), url, response);
    else sendJson(response, this.#list(provider, url));
  }

  #accept(batch: SimulatedBatch, url: URL, response: ServerResponse): void {
    if (batch.behavior.loseAcceptance) response.destroy();
    else sendJson(response, this.#show(batch, url.origin));
  }

  #answerKnown(batch: SimulatedBatch, action: string | undefined, url: URL, response: ServerResponse): void {
    if (action === 'results') {
      if (!batch.ended) throw new RejectedRequest(404, 'The results are not there yet.');
      sendLines(response, batch, anthropicResults(batch));
      return;
    }
    if (action === 'cancel') {
      if (batch.ended) throw new RejectedRequest(409, `Cannot cancel a batch that is ${batch.phase}.`);
      batch.cancelRequested = true;
    } else {
      batch.poll();
      if (batch.polls <= (batch.behavior.failPolls ?? 0)) throw new RejectedRequest(500, 'Something went wrong.');
    }
    sendJson(response, this.#show(batch, url.origin));
  }

  #create(provider: SimulatedProvider, body: JsonObject, headers: IncomingHttpHeaders): SimulatedBatch {
    const requests = provider === 'anthropic' ? anthropicRequests(body, headers) : this.#openAiRequests(body, headers);
    const ids = new Set(requests.map(({ customId }) => customId));
    if (requests.length === 0) throw new RejectedRequest(400, 'A batch needs at least one request.');
    if (ids.size < requests.length) throw new RejectedRequest(400, 'The custom_ids must be unique.');
    for (const id of ids) if (!CUSTOM_ID.test(id)) throw new RejectedRequest(400, `"${id}" is no custom_id.`);
    const batch = new SimulatedBatch({
      id: this.#newId(provider === 'anthropic' ? 'msgbatch_' : 'batch_'),
      provider,
      requests,
      metadata: isJsonObject(body.metadata) ? (body.metadata as Record<string, string>) : {},
      endpoint: String(body.endpoint ?? '/v1/messages'),
      behavior: this.#behaviors.shift() ?? {},
      answer: (request) => this.#options.answer(provider, request),
    });
    if (typeof body.input_file_id === 'string') this.#inputOf.set(batch.id, body.input_file_id);
    this.#batches.push(batch);
    return batch;
  }

  #openAiRequests(
    { input_file_id, endpoint, completion_window }: JsonObject,
    headers: IncomingHttpHeaders,
  ): BatchedRequest[] {
    if (completion_window !== '24h') throw new RejectedRequest(400, 'The completion_window must be "24h".');
    const text = this.#inputs.get(String(input_file_id));
    if (text === undefined) throw new RejectedRequest(400, 'There is no such input file.');
    return text.split('\n').flatMap((line) => {
      if (line === '') return [];
      const { custom_id, method, url, body } = parseBody(line);
      if (method !== 'POST' || url !== endpoint) throw new RejectedRequest(400, 'A line has another endpoint.');
      return [{ customId: String(custom_id), path: String(url), headers, body: objectOf(body) }];
    });
  }

  /** Newest first. */
  #list(provider: SimulatedProvider, url: URL): object {
    const after = url.searchParams.get('after') ?? url.searchParams.get('after_id');
    const limit = Number(url.searchParams.get('limit') ?? 20);
    const all = this.#batches.filter((batch) => batch.provider === provider).reverse();
    const start = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
    const page = all.slice(start, start + limit);
    const data = page.map((batch) => this.#show(batch, url.origin));
    return { object: 'list', data, has_more: start + limit < all.length, last_id: page.at(-1)?.id };
  }

  #show(batch: SimulatedBatch, origin: string): object {
    if (batch.provider === 'anthropic') return anthropicBatch(batch, origin);
    return openAiBatch(batch, this.#inputOf.get(batch.id) ?? '');
  }

  #find(id: string): SimulatedBatch {
    const batch = this.#batches.find((candidate) => candidate.id === id);
    if (batch === undefined) throw new RejectedRequest(404, `No batch found with id "${id}".`);
    return batch;
  }

  #newId(kind: string): string {
    this.#number += 1;
    return `${kind}${this.#options.idPrefix}${this.#number}`;
  }
}

function anthropicRequests({ requests }: JsonObject, headers: IncomingHttpHeaders): BatchedRequest[] {
  if (!Array.isArray(requests)) throw new RejectedRequest(400, 'requests: Field required');
  return requests.map((request: unknown) => {
    const { custom_id, params } = objectOf(request);
    return { customId: String(custom_id), path: '/v1/messages', headers, body: objectOf(params) };
  });
}

function objectOf(value: unknown): JsonObject {
  if (!isJsonObject(value)) throw new RejectedRequest(400, 'A request is no object.');
  return value;
}

function sendJson(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function sendLines(response: ServerResponse, batch: SimulatedBatch, lines: string[]): void {
  batch.reads += 1;
  response.writeHead(200, { 'content-type': 'application/jsonl', 'transfer-encoding': 'chunked' });
  const { cutResultsAfter } = batch.behavior;
  if (cutResultsAfter === undefined || batch.reads > 1) {
    response.end(lines.map((line) => `${line}\n`).join(''));
    return;
  }
  const sent = lines.slice(0, cutResultsAfter).map((line) => `${line}\n`);
  response.write(sent.join(''), () => response.socket?.destroy());
}
