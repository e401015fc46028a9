import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Link, type LostReply, type Protocol } from './link.js';
import type { BoundStatement } from './message-frames.js';

export interface ChaosProxyOptions {
  /** Where everything goes. Its user, password and path are kept in the proxy's own address. */
  target: string;
  protocol: Protocol;
  onStatement?(statement: BoundStatement): void;
}

/** Stands between one process and one service, and harms what passes when it is told to. */
export class ChaosProxy {
  readonly #options: ChaosProxyOptions;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  readonly #port: number;
  #lostReplies: LostReply[] = [];
  #frozen = false;
  #delayMs = 0;
  #cut: { bytesLeft: number; onCut(): void } | undefined;
  /** The service's address, through this proxy. */
  readonly url: string;

  private constructor(options: ChaosProxyOptions, server: Server) {
    this.#options = options;
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    const url = new URL(options.target);
    url.port = String(this.#port);
    this.url = url.href.replace(/\/$/, '');
    server.on('connection', (client) => this.#connect(client));
  }

  static async start(options: ChaosProxyOptions): Promise<ChaosProxy> {
    // A connection whose client closed its half may still carry the answer.
    const server = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ChaosProxy(options, server);
  }

  /** Loses the next reply to a request that is named so. Returns a function that takes the order back. */
  loseReply(lost: LostReply): () => void {
    this.#lostReplies.push(lost);
    return () => {
      this.#lostReplies = this.#lostReplies.filter((other) => other !== lost);
    };
  }

  /** Lets so many bytes of answers pass and cuts the connection in them. Returns a function that takes the order back. */
  cutAfter(bytes: number, onCut: () => void): () => void {
    const order = { bytesLeft: bytes, onCut };
    this.#cut = order;
    return () => {
      if (this.#cut === order) this.#cut = undefined;
    };
  }

  /** A black hole: connections stay and new ones are accepted, but no byte passes. */
  freeze(): void {
    this.#frozen = true;
    for (const link of this.#links) link.freeze();
  }

  thaw(): void {
    this.#frozen = false;
    for (const link of this.#links) link.thaw();
  }

  /** Every piece takes so many milliseconds longer; 0 ends it. */
  slow(delayMs: number): void {
    this.#delayMs = delayMs;
    for (const link of this.#links) link.delay(delayMs);
  }

  /** Resets what is connected. */
  reset(): void {
    for (const link of this.#links) link.destroy();
  }

  /** As if the service were not there: connections break, new ones are refused. */
  async refuse(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.reset();
    await closed;
  }

  async accept(): Promise<void> {
    if (this.#server.listening) return;
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async stop(): Promise<void> {
    this.thaw();
    await this.refuse();
  }

  #connect(client: Socket): void {
    const { hostname, port } = new URL(this.#options.target);
    const server = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true });
    const link = new Link({
      client,
      server,
      protocol: this.#options.protocol,
      takeLostReply: (request) => this.#takeLostReply(request),
      passable: (bytes) => this.#passable(bytes),
      onStatement: (statement) => this.#options.onStatement?.(statement),
    });
    this.#links.add(link);
    client.once('close', () => this.#links.delete(link));
    if (this.#delayMs > 0) link.delay(this.#delayMs);
    if (this.#frozen) link.freeze();
  }

  #passable(bytes: number): number {
    const cut = this.#cut;
    if (!cut) return bytes;
    const passable = Math.min(bytes, cut.bytesLeft);
    cut.bytesLeft -= passable;
    if (passable < bytes) {
      this.#cut = undefined;
      cut.onCut();
    }
    return passable;
  }

  #takeLostReply(request: string): LostReply | undefined {
    const { protocol } = this.#options;
    const index = this.#lostReplies.findIndex((lost) =>
      protocol === 'postgres' ? lost.request === request : request.includes(lost.request),
    );
    return index < 0 ? undefined : this.#lostReplies.splice(index, 1)[0];
  }
}
