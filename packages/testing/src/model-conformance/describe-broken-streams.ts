import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { ConformanceBench } from './model-under-test.js';
import { ask, completedResponse, failureOf, modes, observeStream, streamedText, userRequest } from './observe-model.js';

/** A server notices a closed connection within a turn or two of the event loop; this is far more. */
const noticeMs = 2_000;

export function describeBrokenStreams(bench: ConformanceBench): void {
  test.each([0, 1, 7])('a stream that is cut after %i tokens is interrupted, never an answer', async (cutAfter) => {
    bench.simulator.script({ tokens: 20, cutAfter });
    const { events, error } = await observeStream(bench.model(), userRequest('Hello'));
    expect(error).toMatchObject({ code: 'provider_stream_interrupted', fault: 'upstream', retryable: true });
    expect(events.some(({ type }) => type === 'completed')).toBe(false);
    expect(streamedText(events).split(' ').filter(Boolean)).toHaveLength(cutAfter);
  });

  test('a whole answer that is cut is interrupted', async () => {
    bench.simulator.script({ tokens: 20, cutAfter: 5 });
    const error = await failureOf(bench.model().generate(userRequest('Hello')));
    expect(error).toMatchObject({ code: 'provider_stream_interrupted', retryable: true });
  });

  test('a tool call that is cut is no call', async () => {
    bench.simulator.script({
      text: 'One',
      toolCalls: [{ name: 'calculate', arguments: { a: 'b'.repeat(80) } }],
      cutAfter: 1,
    });
    const { events, error } = await observeStream(bench.model(), userRequest('Hello'));
    expect(error).toMatchObject({ code: 'provider_stream_interrupted' });
    expect(events.some(({ type }) => type === 'completed')).toBe(false);
  });

  test('a line that is broken is a bad response', async () => {
    bench.simulator.script({ tokens: 5, garbage: 'sse' });
    const { error } = await observeStream(bench.model(), userRequest('Hello'));
    expect(error).toMatchObject({ code: 'provider_bad_response', fault: 'upstream', retryable: true });
  });

  test.each([1, 2, 3, 5, 64])('bytes may be split anywhere: every %i', async (splitBytes) => {
    const text = 'Grüße, 日本 🎭 \u2028 "x"';
    const toolCalls = [{ name: 'calculate', arguments: { expression: 'ü🎭' } }];
    bench.simulator.script({ text, toolCalls, splitBytes });
    const observed = await observeStream(bench.model(), userRequest('Hello'));
    expect(completedResponse(observed).content).toMatchObject([
      { type: 'text', text },
      { type: 'tool_call', name: 'calculate', arguments: { expression: 'ü🎭' } },
    ]);
    expect(streamedText(observed.events)).toBe(text);
  });

  test('tokens are handed on as they come, not at the end', async () => {
    bench.simulator.script({ tokens: 3, hang: 2 });
    const controller = new AbortController();
    const seen: string[] = [];
    const read = async () => {
      for await (const event of bench.model().stream(userRequest('Hello'), { signal: controller.signal })) {
        if (event.type === 'text.delta') seen.push(event.delta);
        if (seen.length === 2) controller.abort(new Error('seen'));
      }
    };
    await expect(read()).rejects.toThrow('seen');
    expect(seen).toHaveLength(2);
  });

  describe.each(modes)('an abort (%s)', (mode) => {
    test.each(['before_headers', 2] as const)('ends a call that hangs (%p) at once, on both sides', async (hang) => {
      bench.simulator.script({ tokens: 5, hang });
      const reason = new Error('cancelled');
      const controller = new AbortController();
      const call = ask(mode, bench.model(), userRequest('Hello'), { signal: controller.signal });
      const ended = expect(call).rejects.toBe(reason);
      await until(() => bench.simulator.requests.length === 1);
      await setTimeout(20);
      const abortedAt = Date.now();
      controller.abort(reason);
      await ended;
      expect(Date.now() - abortedAt).toBeLessThan(noticeMs);
      await until(() => bench.simulator.requests[0]?.abortedByClient === true);
    });

    test('that came before the call sends nothing', async () => {
      const signal = AbortSignal.abort(new Error('too late'));
      await expect(ask(mode, bench.model(), userRequest('Hello'), { signal })).rejects.toThrow('too late');
      expect(bench.simulator.requests).toHaveLength(0);
    });

    test('a provider that stays silent is given up', async () => {
      bench.simulator.script({ hang: 'before_headers' }, { tokens: 5, hang: 2 });
      const model = bench.model({ silenceMs: 150 });
      const timeout = { code: 'provider_timeout', fault: 'upstream', retryable: true };
      expect(await failureOf(ask(mode, model, userRequest('Hello')))).toMatchObject(timeout);
      expect(await failureOf(ask(mode, model, userRequest('Hello')))).toMatchObject(timeout);
      await until(() => bench.simulator.requests.every(({ abortedByClient }) => abortedByClient));
    });
  });

  test('a reader that leaves ends the provider’s work', async () => {
    bench.simulator.script({ tokens: 5, hang: 2 });
    for await (const event of bench.model().stream(userRequest('Hello'))) {
      expect(event.type).toBe('text.delta');
      break;
    }
    await until(() => bench.simulator.requests[0]?.abortedByClient === true);
  });

  test('a connection is used again after an answer', async () => {
    const model = bench.model();
    for (let count = 0; count < 3; count += 1) completedResponse(await observeStream(model, userRequest('Hello')));
    await until(() => bench.simulator.requests.every(({ outcome }) => outcome === 'completed'));
  });

  test('many calls run side by side', async () => {
    bench.simulator.setRules([{ reply: { tokens: 5, delayMs: 100 } }]);
    const model = bench.model();
    const startedAt = Date.now();
    await Promise.all(
      Array.from({ length: 100 }, () => observeStream(model, userRequest('Hello')).then(completedResponse)),
    );
    // One after the other they would take ten seconds.
    expect(Date.now() - startedAt).toBeLessThan(5_000);
  });
}

async function until(holds: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + noticeMs;
  while (!holds()) {
    if (Date.now() > giveUpAt) throw new Error('It did not become so.');
    await setTimeout(5);
  }
}
