import type { Socket } from 'node:net';
import { type BoundStatement, MessageFrames, readBind } from './message-frames.js';

export type Protocol = 'postgres' | 'redis' | 'plain';

/** A reply that is to be lost: the request goes through, its answer does not, and the client finds its connection reset. */
export interface LostReply {
  /** Of PostgreSQL: the name of a prepared statement, or the text of a simple query. Of others: part of the request, in small letters. */
  request: string;
  /** The server has done what was asked (false: it answered with an error); called once. */
  onLost(done: boolean): void;
}

export interface LinkOptions {
  client: Socket;
  server: Socket;
  protocol: Protocol;
  /** The reply that is to be lost next, if any; taking it is taking it from everybody. */
  takeLostReply(request: string): LostReply | undefined;
  /** How many of so many bytes of an answer may pass: fewer cut the connection there. */
  passable(bytes: number): number;
  /** Every prepared statement that passes. */
  onStatement(statement: BoundStatement): void;
}

/** One connection through a proxy. Nothing is held back unless it is told to. */
export class Link {
  readonly #options: LinkOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  #frozen = false;
  #delayMs = 0;
  #lost: LostReply | undefined;
  #reply: MessageFrames | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    const { client, server, protocol } = options;
    const request =
      protocol === 'postgres' ? new MessageFrames('client', (type, body) => this.#readRequest(type, body)) : undefined;
    client.on('data', (bytes: Buffer) => {
      if (request) request.feed(bytes);
      else if (protocol === 'redis') this.#lost ??= options.takeLostReply(bytes.toString('latin1').toLowerCase());
      this.#pass(server, bytes);
    });
    server.on('data', (bytes: Buffer) => this.#answer(bytes));
    client.on('end', () => server.end());
    server.on('end', () => client.end());
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.on('error', () => socket.destroy());
      // A half that ended in a frozen connection is not told to the other half: that is what half-open means.
      socket.on('close', () => {
        if (!this.#frozen) other.destroy();
      });
    }
  }

  /** Both directions stop, as behind a cable that was pulled: no byte, no reset. */
  freeze(): void {
    this.#frozen = true;
    this.#options.client.pause();
    this.#options.server.pause();
  }

  /** What was held back arrives. A half whose other half has gone meanwhile learns of it. */
  thaw(): void {
    const { client, server } = this.#options;
    this.#frozen = false;
    if (client.destroyed || server.destroyed) this.destroy();
    client.resume();
    server.resume();
  }

  /** Each piece arrives so many milliseconds later. */
  delay(milliseconds: number): void {
    this.#delayMs = milliseconds;
  }

  /** Ends both halves with a reset. */
  destroy(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const socket of [this.#options.client, this.#options.server]) {
      // One that is not connected yet cannot be reset, and Node never ends after it has reset one that is being shut down.
      if (socket.connecting || socket.writableEnded || socket.destroyed) socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  #readRequest(type: string, body: Buffer): void {
    const { takeLostReply, onStatement } = this.#options;
    if (type === 'B') {
      const statement = readBind(body);
      onStatement(statement);
      this.#lose(takeLostReply(statement.name));
    } else if (type === 'Q') {
      this.#lose(takeLostReply(body.toString('utf8', 0, body.length - 1)));
    }
  }

  #lose(lost: LostReply | undefined): void {
    if (!lost) return;
    let done = true;
    this.#lost = lost;
    // pg has one statement under way at a time, so what comes from here to ReadyForQuery is the answer to this one.
    this.#reply = new MessageFrames('server', (type) => {
      if (type === 'E') done = false;
      if (type === 'Z') this.#endWithoutReply(done);
    });
  }

  #answer(bytes: Buffer): void {
    if (this.#reply) this.#reply.feed(bytes);
    else if (this.#lost) this.#endWithoutReply(true);
    else {
      const passable = this.#options.passable(bytes.length);
      if (passable >= bytes.length) this.#pass(this.#options.client, bytes);
      else this.#options.client.write(bytes.subarray(0, passable), () => this.destroy());
    }
  }

  #endWithoutReply(done: boolean): void {
    const lost = this.#lost;
    this.#lost = undefined;
    this.destroy();
    lost?.onLost(done);
  }

  #pass(to: Socket, bytes: Buffer): void {
    if (this.#delayMs === 0) {
      to.write(bytes);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      to.write(bytes);
    }, this.#delayMs);
    this.#timers.add(timer);
  }
}
