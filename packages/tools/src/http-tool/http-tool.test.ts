import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from '@jest/globals';
import { toolContext } from '../testing/tool-context.js';
import { httpTool } from './http-tool.js';
import { httpToolDeclaration } from './http-tool-declaration.js';

const closes: (() => void)[] = [];

afterEach(() => {
  for (const close of closes.splice(0)) close();
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closes.push(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function toolAt(url: string, changes: object = {}) {
  return httpTool(
    httpToolDeclaration.parse({
      name: 'book_room',
      description: 'Books a room.',
      parameters: { type: 'object', properties: { room: { type: 'string' } } },
      url,
      ...changes,
    }),
  );
}

describe('httpTool', () => {
  test('posts the call with its key, and reads JSON', async () => {
    const seen: { headers: IncomingMessage['headers']; body: unknown }[] = [];
    const url = await serve(async (request, response) => {
      seen.push({ headers: request.headers, body: await json(request) });
      response.setHeader('content-type', 'application/json; charset=utf-8').end('{"booked":true}');
    });
    const tool = toolAt(url, { headers: { authorization: 'Bearer x' } });
    expect(tool).toMatchObject({ effect: 'effect', timeoutMs: 30_000 });
    expect(await tool.execute({ room: '12' }, toolContext({ idempotencyKey: 'k1' }))).toEqual({ booked: true });
    expect(seen[0]?.headers).toMatchObject({ 'idempotency-key': 'k1', authorization: 'Bearer x' });
    expect(seen[0]?.body).toEqual({
      tool: 'book_room',
      arguments: { room: '12' },
      tenant_id: 'tenant',
      user_id: 'ada',
      thread_id: 'thread',
      run_id: 'run',
    });
  });

  test('reads anything else as text', async () => {
    const url = await serve((_request, response) => response.end('{"booked":true}'));
    expect(await toolAt(url).execute({}, toolContext())).toBe('{"booked":true}');
  });

  test('tells the model what the server answered', async () => {
    const url = await serve((_request, response) => response.writeHead(409).end('The room is taken.'));
    await expect(toolAt(url).execute({}, toolContext())).rejects.toThrow('book_room answered 409: The room is taken.');
  });

  test('does not follow a redirect', async () => {
    const other = await serve((_request, response) => response.end('reached'));
    const url = await serve((_request, response) => response.writeHead(307, { location: other }).end());
    await expect(toolAt(url).execute({}, toolContext())).rejects.toThrow('could not be reached or broke off');
  });

  test('a call that may have had its effect says so when the connection breaks', async () => {
    const url = await serve((request) => void request.resume().on('end', () => request.socket.destroy()));
    await expect(toolAt(url).execute({}, toolContext())).rejects.toThrow('Its outcome is unknown');
    await expect(toolAt(url, { effect: 'read' }).execute({}, toolContext())).rejects.toThrow(/broke off \(\w+\)\.$/);
  });

  test('a call that was never sent had no effect', async () => {
    const url = await serve(() => undefined);
    for (const close of closes.splice(0)) close();
    await expect(toolAt(url).execute({}, toolContext())).rejects.toThrow(/\(ECONNREFUSED\)\.$/);
  });

  test('reads no endless answer', async () => {
    const url = await serve((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    });
    await expect(toolAt(url).execute({}, toolContext())).rejects.toThrow('longer than 1048576 bytes');
  });

  test('ends with its signal', async () => {
    const url = await serve(() => undefined);
    const signal = AbortSignal.timeout(50);
    await expect(toolAt(url).execute({}, toolContext({ signal }))).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});
