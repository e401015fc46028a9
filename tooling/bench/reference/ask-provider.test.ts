import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Agent } from 'undici';
import { askProvider } from './ask-provider.js';

const closers: (() => Promise<unknown>)[] = [];

afterEach(() => Promise.all(closers.splice(0).map((close) => close())));

const chunk = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
const DONE = 'data: [DONE]\n\n';

/** The texts of an answer that comes in these pieces. */
async function ask(pieces: readonly string[], status = 200): Promise<string[]> {
  const server = createServer(async (_, response) => {
    response.writeHead(status);
    for (const piece of pieces) await new Promise((written) => response.write(piece, written));
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const dispatcher = new Agent();
  closers.push(async () => {
    await dispatcher.destroy();
    await new Promise((closed) => server.close(closed));
  });
  const providerUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const texts: string[] = [];
  await askProvider({ providerUrl, model: 'm', messages: [], dispatcher }, (text) => texts.push(text));
  return texts;
}

describe('askProvider', () => {
  test('tells every text, however the stream is cut', async () => {
    const body = `${chunk('')}${chunk('one')}${chunk(' "two"')}${DONE}`;
    expect(await ask([body.slice(0, 70), body.slice(70, 95), body.slice(95)])).toEqual(['one', ' "two"']);
  });

  test.each([
    ['refuses', ['{"error":"too many"}'], 429, 'too many'],
    ['ends too early', [chunk('one')], 200, '[DONE]'],
    ['tells an error', [`data: {"error":{"message":"broken"}}\n\n${DONE}`], 200, 'broken'],
    ['sends what is no JSON', ['data: nothing\n\n', DONE], 200, 'JSON'],
  ] satisfies [string, string[], number, string][])(
    'throws when the provider %s',
    async (_, pieces, status, message) => {
      await expect(ask(pieces, status)).rejects.toThrow(message);
    },
  );
});
