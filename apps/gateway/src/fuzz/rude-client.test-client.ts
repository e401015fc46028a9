import { Agent, request as httpRequest } from 'node:http';
import type { RudeRequest } from './rude-request.test-arbitrary.js';

export interface RudeAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** An answer that is longer in coming is one that hangs. Milliseconds. */
const PATIENCE_MS = 20_000;
/** So much of a stream of events is read that goes on by itself. Milliseconds. */
const STREAM_MS = 200;

/** Sends addresses as they are, which `fetch` would tidy up. */
export class RudeClient {
  readonly #url: URL;
  readonly #key: string;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(options: { url: string; key: string }) {
    this.#url = new URL(options.url);
    this.#key = options.key;
  }

  send({ method, url, headers, body }: RudeRequest): Promise<RudeAnswer> {
    const answered = Promise.withResolvers<RudeAnswer>();
    const sent = httpRequest({
      agent: this.#agent,
      host: this.#url.hostname,
      port: this.#url.port,
      method,
      path: url,
      headers: { authorization: `Bearer ${this.#key}`, ...headers, ...(body && { 'content-length': body.length }) },
    });
    const timer = setTimeout(() => sent.destroy(new Error(`No answer within ${PATIENCE_MS} ms.`)), PATIENCE_MS);
    sent.once('response', (response) => {
      const chunks: Buffer[] = [];
      const finish = () => {
        clearTimeout(timer);
        const text = Buffer.concat(chunks).toString();
        answered.resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      };
      const streams = response.headers['content-type']?.startsWith('text/event-stream');
      const enough = setTimeout(() => response.destroy(), streams ? STREAM_MS : PATIENCE_MS);
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('close', () => {
        clearTimeout(enough);
        finish();
      });
      response.once('error', () => undefined);
    });
    sent.once('error', (error) => {
      clearTimeout(timer);
      answered.reject(error);
    });
    sent.end(body ?? undefined);
    return answered.promise;
  }

  close(): void {
    this.#agent.destroy();
  }
}
