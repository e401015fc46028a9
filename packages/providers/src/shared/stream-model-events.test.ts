import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { ModelEvent, ModelResponse } from '@troupe/spec';
import { HttpTransport } from './http-transport.js';
import { JsonLineReader } from './json-line-reader.js';
import { ProviderErrors } from './provider-errors.js';
import { defaultTimeouts } from './provider-timeouts.js';
import { type AnswerParser, streamModelEvents } from './stream-model-events.js';

const errors = new ProviderErrors(
  {
    id: 'openai',
    label: 'OpenAI',
    baseUrl: 'http://127.0.0.1',
    keySetting: 'KEY',
    baseUrlSetting: 'URL',
    unreachableAdvice: 'Check.',
  },
  'model',
);

const response: ModelResponse = {
  content: [],
  finish: { reason: 'stop', raw: 'stop' },
  usage: {
    inputTokens: 1,
    outputTokens: 1,
    cachedInputTokens: 0,
    cacheWriteInputTokens: 0,
    reasoningTokens: 0,
    estimated: false,
  },
};

/** Lines of JSON strings, each a piece of text, and `"END"`. */
function newParser(): AnswerParser {
  let ended = false;
  return {
    get ended() {
      return ended;
    },
    push: (frame, events) => {
      const delta: string = JSON.parse(frame);
      if (delta === 'END') ended = true;
      else events.push({ type: 'text.delta', delta });
    },
    finish: () => response,
  };
}

describe('streamModelEvents', () => {
  const transport = new HttpTransport(defaultTimeouts);
  let server: Server | undefined;

  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function streamFrom(listener: RequestListener, signal?: AbortSignal) {
    server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    return streamModelEvents({
      open: (callSignal) => transport.send({ url, method: 'GET', headers: [], signal: callSignal }),
      frames: new JsonLineReader(),
      parser: newParser(),
      errors,
      timeouts: { ...defaultTimeouts, contentIdleMs: 1_000 },
      signal,
    });
  }

  test('sends nothing before the first event is asked for', async () => {
    let requests = 0;
    const stream = await streamFrom((_request, reply) => {
      requests += 1;
      reply.end('"a"\n"END"\n');
    });
    await setTimeout(30);
    expect(requests).toBe(0);
    expect(await stream.next()).toEqual({ done: false, value: { type: 'text.delta', delta: 'a' } });
    expect(requests).toBe(1);
  });

  test('events that are asked for all at once come in order, and then nothing more', async () => {
    const stream = await streamFrom((_request, reply) => reply.end('"a"\n"b"\n"END"\n'));
    const asked = await Promise.all([stream.next(), stream.next(), stream.next(), stream.next()]);
    const deltas = asked.map(({ value }) => (value?.type === 'text.delta' ? value.delta : value?.type));
    expect(deltas).toEqual(['a', 'b', 'completed', undefined]);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  test('makes the provider wait while its events are not taken, and loses none', async () => {
    const lines = 3_000_000;
    let written = 0;
    function* pieces() {
      for (; written < lines; written += 10_000) yield '"x"\n'.repeat(10_000);
      yield '"END"\n';
    }
    const stream = await streamFrom((_request, reply) => void Readable.from(pieces()).pipe(reply));
    await stream.next();
    await setTimeout(300);
    expect(written).toBeLessThan(lines);
    let taken = 1;
    for await (const event of stream) if (event.type === 'text.delta') taken += 1;
    expect(taken).toBe(lines);
  });

  test('an aborted call throws its reason, whatever has arrived', async () => {
    const controller = new AbortController();
    const stream = await streamFrom((_request, reply) => void reply.write('"a"\n"b"\n'), controller.signal);
    await stream.next();
    controller.abort('stop');
    await expect(stream.next()).rejects.toBe('stop');
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  test('an answer that is whole stands, although its caller has gone', async () => {
    const controller = new AbortController();
    const stream = await streamFrom((_request, reply) => reply.end('"a"\n"END"\n'), controller.signal);
    await stream.next();
    controller.abort('stop');
    expect(await stream.next()).toEqual({ done: false, value: { type: 'completed', response } });
  });

  test('whoever leaves in the middle closes the connection', async () => {
    const gone = Promise.withResolvers<void>();
    const stream = await streamFrom((_request, reply) => {
      reply.once('close', gone.resolve);
      reply.write('"a"\n');
    });
    for await (const _event of stream) break;
    await gone.promise;
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  test('a body that ends in good order but without the end marker is interrupted, never an answer', async () => {
    const stream = await streamFrom((_request, reply) => reply.end('"a"\n'));
    expect(await stream.next()).toEqual({ done: false, value: { type: 'text.delta', delta: 'a' } });
    await expect(stream.next()).rejects.toMatchObject({ code: 'provider_stream_interrupted', retryable: true });
  });

  test('events that came before a cut are given out before the error', async () => {
    const stream = await streamFrom((_request, reply) => {
      reply.write('"a"\n"b"\n');
      void setTimeout(20).then(() => reply.destroy());
    });
    const seen: ModelEvent[] = [];
    await expect(
      (async () => {
        for await (const event of stream) seen.push(event);
      })(),
    ).rejects.toMatchObject({ code: 'provider_stream_interrupted' });
    expect(seen).toHaveLength(2);
  });
});
