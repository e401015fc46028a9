import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { EventStream } from './event-stream.js';

/** Proxies close a connection on which nothing moves for 30 to 60 s. Milliseconds. */
const HEARTBEAT_MS = 15_000;

/** Every response of server-sent events that is open. One clock keeps all of them alive. */
export class OpenStreams {
  readonly #streams = new Set<EventStream>();
  #heartbeat: NodeJS.Timeout | undefined;

  get size(): number {
    return this.#streams.size;
  }

  /** Takes the response over from Fastify and sends its head. */
  open(reply: FastifyReply, headers: Record<string, string> = {}): EventStream {
    reply.hijack();
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      // nginx would gather the events of a whole answer otherwise.
      'x-accel-buffering': 'no',
      'x-request-id': reply.request.id,
      ...headers,
    });
    flushWithFirstFrames(reply.raw);
    const stream = new EventStream(reply.raw);
    this.#streams.add(stream);
    stream.onClose(() => this.#streams.delete(stream));
    this.#heartbeat ??= setInterval(() => this.#beat(), HEARTBEAT_MS).unref();
    return stream;
  }

  /** Ends all streams; their readers come back after a second, to whoever answers then, and go on by event id. */
  drain(): void {
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
    for (const stream of this.#streams) stream.end('retry: 1000\n\n');
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
