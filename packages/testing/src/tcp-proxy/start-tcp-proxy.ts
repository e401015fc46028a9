import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a program and one of its services, so that the service can be away for as long as a test wants. */
export interface TcpProxy {
  /** The service's address with this proxy's port. */
  url: string;
  /** Connections that are open now. */
  readonly connections: number;
  /** From now on connections are refused and those that are open are broken. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  /**
   * From now on nothing passes, or no answers do, while connections stay open and new ones are taken: a black hole. The
   * other side learns of a peer that gives up only when it thaws.
   */
  freeze(what?: 'everything' | 'answers'): void;
  /** Lets everything through again, what was held back included. */
  thaw(): void;
  close(): Promise<void>;
}

export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port: targetPort } = new URL(target);
  const sockets = new Set<Socket>();
  const answering = new WeakSet<Socket>();
  let server: Server | undefined;
  let frozen: 'nothing' | 'answers' | 'everything' = 'nothing';

  const isFrozen = (socket: Socket) => frozen === 'everything' || (frozen === 'answers' && answering.has(socket));

  const listen = async (port: number) => {
    server = createServer((socket) => {
      const upstream = connect(Number(targetPort), hostname);
      answering.add(upstream);
      for (const [one, other] of [
        [socket, upstream],
        [upstream, socket],
      ] as const) {
        sockets.add(one);
        one.on('data', (bytes) => other.write(bytes));
        if (isFrozen(one)) one.pause();
        one.on('end', () => other.end());
        one.on('error', () => other.destroy());
        one.on('close', () => {
          sockets.delete(one);
          other.destroy();
        });
      }
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  const url = new URL(target);
  url.port = String(port);
  const goAway = async () => {
    if (!server?.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    url: url.toString(),
    get connections() {
      return sockets.size / 2;
    },
    goAway,
    comeBack: async () => {
      await listen(port);
    },
    freeze: (what = 'everything') => {
      frozen = what;
      for (const socket of sockets) if (isFrozen(socket)) socket.pause();
    },
    thaw: () => {
      frozen = 'nothing';
      for (const socket of sockets) socket.resume();
    },
    close: goAway,
  };
}
