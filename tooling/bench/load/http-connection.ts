import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { ResponseReader } from './response-reader.js';

/** An answer slower than this counts as an error, in milliseconds. */
const TIMEOUT_MS = 60_000;

export interface HttpRequest {
  method: string;
  /** Origin and path. */
  url: URL;
  headers: Record<string, string>;
  body: string;
}

interface Pending {
  onBody(text: string, at: number): void;
  resolve(status: number): void;
  reject(error: Error): void;
  status: number;
}

/** One kept connection that carries one request at a time. Times are those of `performance.now()`. */
export class HttpConnection {
  #socket: Socket | undefined;
  #pending: Pending | undefined;
  /** When the text that is being read arrived. */
  #at = 0;

  /**
   * Resolves to the status at the last byte.
   * @throws when the connection breaks, the answer is no HTTP or does not end in time
   */
  send({ method, url, headers, body }: HttpRequest, onBody: Pending['onBody']): Promise<number> {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `${method} ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\n${lines.join('')}`;
    return new Promise((resolve, reject) => {
      this.#pending = { onBody, resolve, reject, status: 0 };
      this.#socket ??= this.#open(url);
      this.#socket.write(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #open(url: URL): Socket {
    const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    const reader = new ResponseReader({
      onHead: (status) => {
        if (this.#pending) this.#pending.status = status;
      },
      onBody: (text) => this.#pending?.onBody(text, this.#at),
      onEnd: () => {
        const pending = this.#pending;
        this.#pending = undefined;
        pending?.resolve(pending.status);
      },
    });
    socket.setEncoding('latin1');
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no byte within ${TIMEOUT_MS / 1000} s`)));
    socket.on('data', (text: string) => {
      this.#at = performance.now();
      try {
        reader.feed(text);
      } catch (error) {
        socket.destroy(error instanceof Error ? error : new Error(String(error)));
      }
    });
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the connection was closed')));
    return socket;
  }

  #fail(error: Error): void {
    this.#socket = undefined;
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.reject(error);
  }
}
