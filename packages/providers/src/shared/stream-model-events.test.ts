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

  describe('told to a listener', () => {
    const told = async (listener: RequestListener, signal?: AbortSignal) => {
      const stream = await streamFrom(listener, signal);
      const seen: string[] = [];
      const end = stream.forEach((event) => {
        seen.push(event.type === 'text.delta' ? event.delta : event.type);
      });
      return { stream, seen, end };
    };

    test('events come in order, however they were cut, and then the end', async () => {
      const { stream, seen, end } = await told((_request, reply) => {
        reply.write('"a"\n"b"\n"');
        void setTimeout(20).then(() => reply.end('c"\n"END"\n'));
      });
      await end;
      expect(seen).toEqual(['a', 'b', 'c', 'completed']);
      expect(await stream.next()).toEqual({ done: true, value: undefined });
    });

    test('each is told when it arrives, not at the end', async () => {
      const goOn = Promise.withResolvers<void>();
      const stream = await streamFrom((_request, reply) => {
        reply.write('"a"\n');
        void goOn.promise.then(() => reply.end('"END"\n'));
      });
      await stream.forEach((event) => {
        if (event.type === 'text.delta') goOn.resolve();
      });
    });

    test('what came before a cut is told before the error', async () => {
      const { seen, end } = await told((_request, reply) => {
        reply.write('"a"\n');
        void setTimeout(20).then(() => reply.destroy());
      });
      await expect(end).rejects.toMatchObject({ code: 'provider_stream_interrupted' });
      expect(seen).toEqual(['a']);
    });

    test('an aborted call throws its reason and tells nothing more', async () => {
      const controller = new AbortController();
      const stream = await streamFrom((_request, reply) => void reply.write('"a"\n"b"\n'), controller.signal);
      const seen: ModelEvent[] = [];
      const end = stream.forEach((event) => {
        seen.push(event);
        controller.abort('stop');
      });
      await expect(end).rejects.toBe('stop');
      expect(seen).toHaveLength(1);
    });

    test('a listener that throws ends the call with what it threw', async () => {
      const gone = Promise.withResolvers<void>();
      const stream = await streamFrom((_request, reply) => {
        reply.once('close', gone.resolve);
        reply.write('"a"\n"b"\n');
      });
      const wrong = new Error('wrong');
      const end = stream.forEach(() => {
        throw wrong;
      });
      await expect(end).rejects.toBe(wrong);
      await gone.promise;
    });
  });
});
