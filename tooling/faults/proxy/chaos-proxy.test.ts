import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ChaosProxy } from './chaos-proxy.js';
import type { Protocol } from './link.js';
import type { BoundStatement } from './message-frames.js';

const running: { stop(): Promise<unknown> | unknown }[] = [];

afterEach(async () => {
  for (const started of running.splice(0).reverse()) await started.stop();
});

/** A server that answers each piece it gets with what `reply` makes of it, behind a proxy. */
async function start(options: {
  reply?: (bytes: Buffer) => Buffer | string;
  protocol?: Protocol;
  onStatement?: (statement: BoundStatement) => void;
}): Promise<{ proxy: ChaosProxy; received: string[] }> {
  const { reply = (bytes) => `echo ${bytes}`, protocol = 'plain', onStatement } = options;
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      received.push(bytes.toString('latin1'));
      socket.write(reply(bytes));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const proxy = await ChaosProxy.start({ target, protocol, ...(onStatement && { onStatement }) });
  const stopServer = async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  running.push({ stop: stopServer }, proxy);
  return { proxy, received };
}

async function dial(proxy: ChaosProxy): Promise<{ socket: Socket; got: () => string; closed: Promise<string> }> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(proxy.url).port) });
  let text = '';
  let failure = 'closed';
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1');
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    failure = String(error.code);
  });
  const closed = new Promise<string>((resolve) => socket.on('close', () => resolve(failure)));
  running.push({ stop: () => socket.destroy() });
  await Promise.race([once(socket, 'connect').catch(() => undefined), closed]);
  return { socket, got: () => text, closed };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(2);
}

/** A message of PostgreSQL's protocol: its type, its length, its content. */
function message(type: string, ...parts: (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part)));
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), head, body]);
}

const STARTUP = message('', Buffer.from([0, 3, 0, 0]), 'user', 'x', Buffer.from([0]));
const SYNC = message('S');

function bind(name: string, ...values: string[]): Buffer {
  const short = (value: number) => Buffer.from([value >> 8, value & 255]);
  const long = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    return bytes;
  };
  const each = values.flatMap((value) => [long(value.length), Buffer.from(value)]);
  return message('B', '', name, short(0), short(values.length), ...each, short(0));
}

describe('ChaosProxy', () => {
  test('passes everything on, in both directions', async () => {
    const { proxy } = await start({});
    const { socket, got } = await dial(proxy);
    socket.write('hello');
    await until(() => got() === 'echo hello');
  });

  test('holds everything back while it is frozen, also for who comes then', async () => {
    const { proxy, received } = await start({});
    const early = await dial(proxy);
    proxy.freeze();
    const late = await dial(proxy);
    early.socket.write('early');
    late.socket.write('late');
    await sleep(60);
    expect([received, early.got(), late.got()]).toEqual([[], '', '']);
    proxy.thaw();
    await until(() => early.got() === 'echo early' && late.got() === 'echo late');
  });

  test('is as if not there, and comes back on the same port', async () => {
    const { proxy } = await start({});
    const before = await dial(proxy);
    await proxy.refuse();
    expect(await before.closed).toBe('ECONNRESET');
    expect(await (await dial(proxy)).closed).toBe('ECONNREFUSED');
    await proxy.accept();
    const after = await dial(proxy);
    after.socket.write('again');
    await until(() => after.got() === 'echo again');
  });

  test('cuts an answer after so many bytes, once', async () => {
    const { proxy } = await start({});
    let cut = 0;
    proxy.cutAfter(7, () => {
      cut += 1;
    });
    const first = await dial(proxy);
    first.socket.write('hello');
    await first.closed;
    expect([first.got().length <= 7, cut]).toEqual([true, 1]);
    const second = await dial(proxy);
    second.socket.write('hello');
    await until(() => second.got() === 'echo hello');
  });

  test('loses the reply to one request: it has arrived, its answer has not', async () => {
    const { proxy, received } = await start({ protocol: 'redis' });
    let lost = 0;
    proxy.loseReply({ request: 'publish', onLost: () => (lost += 1) });
    const { socket, got, closed } = await dial(proxy);
    socket.write('get');
    await until(() => got() === 'echo get');
    socket.write('PUBLISH');
    expect(await closed).toBe('ECONNRESET');
    expect([received, got(), lost]).toEqual([['get', 'PUBLISH'], 'echo get', 1]);
  });

  test.each([1, 5, 1_000])('of PostgreSQL the reply to one statement, whole, in pieces of %i bytes', async (size) => {
    const statements: BoundStatement[] = [];
    const done = message('C', 'UPDATE 1');
    const ready = message('Z', Buffer.from('I'));
    const { proxy, received } = await start({
      protocol: 'postgres',
      onStatement: (statement) => statements.push(statement),
      // What is answered begins before the last byte of the request is there, as ParseComplete does.
      reply: (bytes) => (bytes.includes(SYNC) ? Buffer.concat([done, ready]) : ''),
    });
    const outcome = Promise.withResolvers<boolean>();
    proxy.loseReply({ request: 'commit-step', onLost: outcome.resolve });
    const { socket, got, closed } = await dial(proxy);
    socket.write(STARTUP);
    socket.write(Buffer.concat([bind('claim-run', 'run', 'owner'), SYNC]));
    await until(() => got().includes('UPDATE 1'));
    const request = Buffer.concat([bind('commit-step', 'run')]);
    for (let start = 0; start < request.length; start += size) socket.write(request.subarray(start, start + size));
    await sleep(20);
    socket.write(SYNC);
    expect(await outcome.promise).toBe(true);
    await closed;
    expect(got().match(/UPDATE 1/g)).toHaveLength(1);
    expect(received.join('')).toContain('commit-step');
    expect(statements).toEqual([
      { name: 'claim-run', values: ['run', 'owner'] },
      { name: 'commit-step', values: ['run'] },
    ]);
  });

  test('says when the statement whose reply is lost has failed', async () => {
    const { proxy } = await start({
      protocol: 'postgres',
      reply: (bytes) =>
        bytes.includes(SYNC) ? Buffer.concat([message('E', 'error'), message('Z', Buffer.from('I'))]) : '',
    });
    const outcome = Promise.withResolvers<boolean>();
    proxy.loseReply({ request: 'COMMIT', onLost: outcome.resolve });
    proxy.loseReply({ request: 'commit-step', onLost: outcome.resolve });
    const { socket } = await dial(proxy);
    socket.write(STARTUP);
    socket.write(Buffer.concat([bind('commit-step', 'run'), SYNC]));
    expect(await outcome.promise).toBe(false);
  });
});
