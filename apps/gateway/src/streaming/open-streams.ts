import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { EventStream } from './event-stream.js';

/** Proxies close a connection on which nothing moves for 30 to 60 s. Milliseconds. */
const HEARTBEAT_MS = 15_000;

/** How often some streams are ended while a process stops, in milliseconds. */
const DRAIN_EVERY_MS = 100;
/** So many readers may come back at once. */
const DRAINED_AT_ONCE = 50;
/** Readers are told to come back after this long, and up to as much longer, in milliseconds. */
const RETRY_MS = 1_000;

/** Every response of server-sent events that is open. One clock keeps all of them alive. */
export class OpenStreams {
  readonly #streams = new Set<EventStream>();
  /** Those whose readers can go on elsewhere. */
  readonly #resumable = new Set<EventStream>();
  #heartbeat: NodeJS.Timeout | undefined;
  #draining: NodeJS.Timeout | undefined;

  get size(): number {
    return this.#streams.size;
  }

  /** Takes the response over from Fastify and sends its head. */
  open(reply: FastifyReply, headers: Record<string, string> = {}): EventStream {
    reply.hijack();
    reply.raw.writeHead(200, {
      // What hooks have set, such as who may read it.
      ...(reply.getHeaders() as OutgoingHttpHeaders),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      // nginx would gather the events of a whole answer otherwise.
      'x-accel-buffering': 'no',
      ...headers,
    });
    flushWithFirstFrames(reply.raw);
    // There is nothing to come, and the connection would be kept until the run ends.
    if (reply.request.method === 'HEAD') reply.raw.end();
    const stream = new EventStream(reply.raw);
    this.#streams.add(stream);
    // What names a run can be gone on with by event id.
    if ('x-run-id' in headers) this.#resumable.add(stream);
    stream.onClose(() => {
      this.#streams.delete(stream);
      this.#resumable.delete(stream);
    });
    this.#heartbeat ??= setInterval(() => this.#beat(), HEARTBEAT_MS).unref();
    return stream;
  }

  /**
   * Ends the streams of runs, those to come included, spread over the time when they are many. Their readers come back,
   * to whoever answers then, and go on by event id.
   */
  drain(withinMs: number): void {
    const atOnce = Math.max(DRAINED_AT_ONCE, Math.ceil((this.#resumable.size * DRAIN_EVERY_MS) / (withinMs || 1)));
    const endSome = () => {
      for (const stream of [...this.#resumable].slice(0, atOnce)) {
        this.#resumable.delete(stream);
        stream.end(`retry: ${Math.round(RETRY_MS * (1 + Math.random()))}\n\n`);
      }
    };
    endSome();
    this.#draining ??= setInterval(endSome, DRAIN_EVERY_MS);
  }

  /** Stops the clocks. */
  stop(): void {
    clearInterval(this.#heartbeat);
    clearInterval(this.#draining);
  }

  #beat(): void {
    for (const stream of this.#streams) stream.send(': keep-alive\n\n');
  }
}

/**
 * Node keeps the head back until there is a body, which may be long in coming. What is sent within this tick leaves
 * with it, in one packet. The socket is corked and not the response, whose `end` would overtake its corked writes.
 */
function flushWithFirstFrames(raw: ServerResponse): void {
  const { socket } = raw;
  socket?.cork();
  raw.flushHeaders();
  process.nextTick(() => socket?.uncork());
}
