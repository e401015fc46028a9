import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { ModelEvent } from '@troupe/spec';
import { createModelCatalog } from '../create-model-catalog.js';

const hello = 'data: {"choices":[{"delta":{"content":"Hello"},"finish_reason":null}]}\n\n';
const stop = 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n';

describe('a server that speaks Chat Completions in its own way', () => {
  const servers: Server[] = [];

  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function read(answer: (response: ServerResponse) => void, contentType = 'text/event-stream') {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': contentType });
      answer(response);
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const address = server.address();
    const baseUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/v1`;
    const catalog = createModelCatalog({ openai: { baseUrl }, timeouts: { contentIdleMs: 100 } });
    await catalog.load();
    const events: ModelEvent[] = [];
    const messages = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hi' }] }];
    for await (const event of catalog.resolve('openai/any').stream({ messages })) events.push(event);
    return events;
  }

  test('the end marker may lack its blank line', async () => {
    const events = await read((response) => response.end(`${hello}${stop}data: [DONE]`));
    expect(events.map(({ type }) => type)).toEqual(['text.delta', 'completed']);
  });

  test('the answer is complete with its end marker, whenever the connection ends', async () => {
    const startedAt = Date.now();
    const events = await read((response) => response.write(`${hello}${stop}data: [DONE]\n\n`));
    expect(events.at(-1)?.type).toBe('completed');
    expect(Date.now() - startedAt).toBeLessThan(900);
  });

  test.each([
    ['a finish reason alone', `${hello}${stop}`],
    ['half a line', `${hello}${stop}data: {"choi`],
    ['nothing', ''],
  ])('an orderly end after %s is an interruption', async (_name, text) => {
    await expect(read((response) => response.end(text))).rejects.toMatchObject({
      code: 'provider_stream_interrupted',
      retryable: true,
    });
  });

  test('heartbeats alone do not keep a stalled answer alive', async () => {
    const beat = async (response: ServerResponse) => {
      response.write(hello);
      while (!response.destroyed) {
        response.write(': still here\n\n');
        await setTimeout(20);
      }
    };
    await expect(read((response) => void beat(response))).rejects.toMatchObject({ code: 'provider_timeout' });
  });

  test('a stream under a plain content type is read, a document is not', async () => {
    const events = await read((response) => response.end(`${hello}${stop}data: [DONE]\n\n`), 'text/plain');
    expect(events.at(-1)?.type).toBe('completed');
    const document = '{"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]}';
    await expect(read((response) => response.end(document), 'application/json')).rejects.toMatchObject({
      code: 'provider_bad_response',
    });
  });

  test('fields of other types than documented are a bad response', async () => {
    await expect(
      read((response) => response.end('data: {"choices":[{"delta":{"tool_calls":7}}]}\n\n')),
    ).rejects.toMatchObject({ code: 'provider_bad_response' });
  });
});
