import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { packBody } from './cassette-body.js';
import { readCassetteFile, writeCassetteFile } from './cassette-file.js';
import { type CassetteMiss, CassetteMissError, describeMiss } from './cassette-miss.js';
import type { CassetteMode, CassetteOptions } from './cassette-options.js';
import { forwardRequest, type ReceivedAnswer } from './forward-request.js';
import { readCassetteRequest, scrubRequest } from './read-cassette-request.js';
import type { CassetteExchange, CassetteRequest } from './recorded-exchange.js';
import { Recordings } from './recordings.js';
import { replayAnswer } from './replay-answer.js';
import { RequestComparison } from './request-difference.js';
import { Scrubber } from './scrubber.js';
import { droppedResponseHeaders } from './secret-names.js';

/** A server that stands in for a provider: it replays what was recorded, and records by asking the provider. */
export interface Cassette {
  /** The base URL to give to the client in place of the provider's: same path, this server. */
  readonly url: string;
  /** Requests that had no answer in the file, which were answered with status 422. */
  readonly misses: readonly CassetteMiss[];
  /** Recorded requests that nobody has asked for yet. */
  readonly unused: readonly CassetteRequest[];
  /** How many exchanges were recorded since the start; `close` writes them. */
  readonly recorded: number;
  /**
   * Ends all connections and, if anything was recorded, writes the file.
   * @throws CassetteMissError when requests were missed, after everything else is done
   */
  close(): Promise<void>;
}

/** Retries cannot help, so the status is one that no client repeats; vendor SDKs take the header as final. */
const missStatus = 422;
const unreachableStatus = 502;

/**
 * Starts a cassette: give its `url` to any HTTP client as its base URL, and close it after the test. Requests match
 * by method, path with query, and body, where the order of keys and of parameters is no difference; requests that are
 * the same replay in the order in which they were recorded.
 *
 * @throws Error in mode `none` without a file, and for a file that is no cassette
 */
export async function startCassette(options: CassetteOptions): Promise<Cassette> {
  const mode = options.mode ?? 'none';
  const kept = mode === 'all' ? undefined : await readCassetteFile(options.file);
  if (kept === undefined && mode === 'none') {
    throw new Error(`There is no cassette ${options.file}. Record it with mode "once".`);
  }
  const server = new CassetteServer(options, kept ?? [], recordsMissing(mode, kept !== undefined));
  await server.listen(options.port ?? 0);
  return server;
}

function recordsMissing(mode: CassetteMode, hasFile: boolean): boolean {
  return mode === 'all' || mode === 'new' || (mode === 'once' && !hasFile);
}

interface MadeExchange {
  request: CassetteRequest;
  /** Undefined until the answer has ended. */
  answer: ReceivedAnswer | undefined;
}

class CassetteServer implements Cassette {
  readonly misses: CassetteMiss[] = [];
  readonly #upstream: URL;
  readonly #scrubber: Scrubber;
  readonly #recordings: Recordings;
  /** In the order in which their requests came. */
  readonly #made: MadeExchange[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];
  readonly #server = createServer((message, response) => {
    const running = this.#answer(message, response).catch((error) => {
      // Whoever has left is owed nothing; anything else is a mistake in here, which must not go unseen.
      if (!response.destroyed) this.#failures.push(error);
      response.destroy();
    });
    this.#running.add(running);
    void running.then(() => this.#running.delete(running));
  });
  #port = 0;

  constructor(
    readonly options: CassetteOptions,
    readonly kept: readonly CassetteExchange[],
    readonly records: boolean,
  ) {
    const { upstream, secrets = [], ignoreBody = [], ignoreQuery = [], allowRepeats = false } = options;
    this.#upstream = new URL(upstream);
    this.#scrubber = new Scrubber(secrets);
    const comparison = new RequestComparison({ body: ignoreBody, query: ignoreQuery });
    this.#recordings = new Recordings(kept, comparison, allowRepeats);
    this.#server.keepAliveTimeout = 120_000;
  }

  get url(): string {
    const path = this.#upstream.pathname.replace(/\/+$/, '');
    return `http://127.0.0.1:${this.#port}${path}`;
  }

  get unused(): readonly CassetteRequest[] {
    return this.#recordings.unused;
  }

  get recorded(): number {
    return this.#made.filter(({ answer }) => answer !== undefined).length;
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
    await Promise.all(this.#running);
    if (this.#failures.length > 0) throw new AggregateError(this.#failures, 'The cassette failed.');
    const made = this.#made.flatMap(({ request, answer }) => (answer === undefined ? [] : this.#pack(request, answer)));
    if (made.length > 0) await writeCassetteFile(this.options.file, [...this.kept, ...made]);
    if (this.misses.length > 0) throw new CassetteMissError(this.options.file, this.misses);
  }

  async #answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(message);
    const { matchHeaders = [], pauses = 'drop' } = this.options;
    const request = readCassetteRequest(message, body, { scrubber: this.#scrubber, matchHeaders });
    const kept = this.#recordings.take(request);
    if (kept !== undefined) return replayAnswer(kept.response, response, pauses);
    if (this.records) return this.#record(request, { message, body, response });
    const miss = this.#recordings.miss(request);
    this.misses.push(miss);
    refuse(response, missStatus, 'cassette_miss', describeMiss(this.options.file, miss));
  }

  async #record(
    request: CassetteRequest,
    { message, body, response }: { message: IncomingMessage; body: Buffer; response: ServerResponse },
  ): Promise<void> {
    const made: MadeExchange = { request, answer: undefined };
    this.#made.push(made);
    try {
      made.answer = await forwardRequest(this.#upstream.origin, message, body, response);
    } catch (error) {
      refuse(response, unreachableStatus, 'cassette_upstream', `${this.#upstream.origin} was not reached: ${error}`);
    }
  }

  /** At the end, when the credentials of all requests are known. */
  #pack(request: CassetteRequest, answer: ReceivedAnswer): CassetteExchange {
    const { status, afterMs, chunks, ending } = answer;
    const headers = this.#headers(answer.headers);
    const body = packBody(chunks, this.#scrubber);
    return {
      request: scrubRequest(request, this.#scrubber),
      response: { status, after_ms: afterMs, headers, ...body, ending },
    };
  }

  #headers(received: ReceivedAnswer['headers']): Record<string, string> {
    const entries = Object.entries(received)
      .filter(([name, value]) => value !== undefined && !droppedResponseHeaders.includes(name))
      .map(([name, value]) => [name, this.#scrubber.text(String(value))] as const);
    return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
  }
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** In the shape that OpenAI and Anthropic give their errors, so that SDKs show the sentence. */
function refuse(response: ServerResponse, status: number, code: string, text: string): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json', 'x-should-retry': 'false' });
  response.end(JSON.stringify({ type: 'error', error: { type: code, code, message: text } }));
}
