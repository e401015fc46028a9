import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { FrontendMessages } from './frontend-messages.js';

/** How often each application executed each statement. */
export type StatementCounts = Map<string, Map<string, number>>;

/** Stands between a server and its database and counts. It costs time, so nothing else is measured while it does. */
export class StatementCounter {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** The database's address, through this counter. */
  readonly databaseUrl: string;
  #counts: StatementCounts = new Map();

  private constructor(server: Server, databaseUrl: string) {
    this.#server = server;
    this.databaseUrl = databaseUrl;
  }

  static async start(databaseUrl: string): Promise<StatementCounter> {
    const target = new URL(databaseUrl);
    const server = createServer((client) => counter.#connect(client, target));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = new URL(databaseUrl);
    url.port = String((server.address() as AddressInfo).port);
    const counter = new StatementCounter(server, url.href);
    return counter;
  }

  /** What was executed since the last call. */
  take(): StatementCounts {
    const counts = this.#counts;
    this.#counts = new Map();
    return counts;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #connect(client: Socket, target: URL): void {
    const upstream = connect({ host: target.hostname, port: Number(target.port), noDelay: true });
    client.setNoDelay(true);
    let application = 'unnamed';
    const messages = new FrontendMessages({
      onStart: (name) => {
        application = name;
      },
      onStatement: (sql) => this.#count(application, sql.replaceAll(/\s+/g, ' ').trim()),
    });
    client.on('data', (bytes: Buffer) => messages.feed(bytes));
    client.pipe(upstream);
    upstream.pipe(client);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
  }

  #count(application: string, sql: string): void {
    const counts = this.#counts.get(application) ?? new Map<string, number>();
    this.#counts.set(application, counts);
    counts.set(sql, (counts.get(sql) ?? 0) + 1);
  }
}
