import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from '@jest/globals';
import { EventStream } from './event-stream.js';

const MEBIBYTE = 1_048_576;

/** A response on its way, and its reader, who has not begun to read. */
async function openResponse(): Promise<{ raw: ServerResponse; reader: IncomingMessage; close(): void }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const arrived = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>;
  const sent = request({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  sent.end();
  const [, raw] = await arrived;
  raw.flushHeaders();
  const [reader] = (await once(sent, 'response')) as [IncomingMessage];
  return {
    raw,
    reader,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

describe('EventStream', () => {
  test('lets one large piece through', async () => {
    const { raw, reader, close } = await openResponse();
    const stream = new EventStream(raw);
    stream.send('x'.repeat(8 * MEBIBYTE));
    stream.send('y');
    stream.end();

    expect(await text(reader)).toHaveLength(8 * MEBIBYTE + 1);
    close();
  });

  test('cuts off a reader who does not read while pieces gather', async () => {
    const { raw, close } = await openResponse();
    const stream = new EventStream(raw);
    let sent = 0;
    while (!stream.closed && sent < 64 * MEBIBYTE) {
      stream.send('x'.repeat(10_000));
      sent += 10_000;
    }

    expect(stream.closed).toBe(true);
    expect(sent).toBeLessThan(16 * MEBIBYTE);
    close();
  });

  test('a source that can wait is told when the reader has taken what was sent', async () => {
    const { raw, reader, close } = await openResponse();
    const stream = new EventStream(raw);
    stream.send('x'.repeat(8 * MEBIBYTE));
    let drained = false;
    const both = Promise.all([stream.drained(), stream.drained()]).then(() => {
      drained = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(drained).toBe(false);
    expect(raw.listenerCount('drain')).toBe(1);
    reader.resume();
    await both;
    expect(raw.listenerCount('drain')).toBe(0);
    close();
  });

  test.each([
    ['leaves', true],
    ['has left before the stream was made', false],
  ])('tells when a reader %s', async (_case, first) => {
    const { raw, reader, close } = await openResponse();
    const gone = once(raw, 'close');
    let told = false;
    const listen = () =>
      new EventStream(raw).onClose(() => {
        told = true;
      });
    if (first) listen();
    reader.destroy();
    await gone;
    if (!first) listen();
    expect(told).toBe(true);
    close();
  });
});
