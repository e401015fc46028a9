import { describe, expect, test } from '@jest/globals';
import { TroupeError } from '@troupe/contracts';
import { MemoryBackend, RateLimiter } from '@troupe/rate-limiter';
import type { ModelEvent, ModelRequest } from '@troupe/spec';
import { answer, ScriptedModel, type ScriptedTurn } from '@troupe/testing';
import { ReliableModel } from './reliable-model.js';

const request: ModelRequest = { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] };

function failure(
  code: 'provider_overloaded' | 'provider_authentication_failed' | 'provider_rate_limited',
  retryAfterMs = 0,
) {
  return new TroupeError({ code, fault: 'upstream', retryable: true, retryAfterMs, message: code });
}

const fails = (...error: Parameters<typeof failure>): ScriptedTurn => ({ type: 'error', error: failure(...error) });

const firstPart = ({ content }: { content: readonly object[] }) => content[0];

async function collect(events: AsyncIterable<ModelEvent>): Promise<ModelEvent[]> {
  const all: ModelEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe('ReliableModel', () => {
  test('tries again after passing trouble', async () => {
    const model = new ScriptedModel([fails('provider_overloaded'), answer('Hello')]);
    expect(firstPart(await new ReliableModel({ model }).generate(request))).toMatchObject({ text: 'Hello' });
    model.assertDone();
  });

  test('retries are as many as it was told', async () => {
    const model = new ScriptedModel([fails('provider_overloaded'), answer('never')]);
    await expect(new ReliableModel({ model, retries: 0 }).generate(request)).rejects.toMatchObject({
      code: 'provider_overloaded',
    });
    expect(model.requests).toHaveLength(1);
  });

  test('asks the fallback when a model cannot answer, without a sign in the stream', async () => {
    const model = new ScriptedModel([fails('provider_authentication_failed')], { id: 'first/model' });
    const fallback = new ScriptedModel([answer('From the second')], { id: 'second/model' });
    const events = await collect(new ReliableModel({ model, fallbackModels: [fallback] }).stream(request));
    expect(events.filter(({ type }) => type === 'text.delta').map((event) => 'delta' in event && event.delta)).toEqual([
      'From',
      ' the',
      ' second',
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'completed', response: { content: [{ text: 'From the second' }] } });
  });

  test('after the first word the error is the caller’s', async () => {
    const broken: ScriptedTurn = {
      type: 'error',
      error: failure('provider_overloaded'),
      after: [{ type: 'text.delta', delta: 'Once' }],
    };
    const fallback = new ScriptedModel([answer('never')], { id: 'second/model' });
    const model = new ReliableModel({ model: new ScriptedModel([broken]), fallbackModels: [fallback] });
    const heard: ModelEvent[] = [];
    const reading = (async () => {
      for await (const event of model.stream(request)) heard.push(event);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'provider_overloaded' });
    expect(heard).toEqual([{ type: 'text.delta', delta: 'Once' }]);
    expect(fallback.requests).toEqual([]);
  });

  test('a model that keeps failing rests, and the fallback answers at once', async () => {
    const model = new ScriptedModel(
      Array.from({ length: 10 }, () => fails('provider_overloaded')),
      { id: 'first/model' },
    );
    const fallback = new ScriptedModel(
      Array.from({ length: 11 }, (_, number) => answer(`${number}`)),
      { id: 'second/model' },
    );
    const reliable = new ReliableModel({ model, fallbackModels: [fallback], retries: 0 });
    for (let call = 0; call < 11; call += 1) await reliable.generate(request);
    expect(model.requests).toHaveLength(10);
    fallback.assertDone();
  });

  test('waits as long as the provider asks for, and sends again', async () => {
    const model = new ScriptedModel([fails('provider_rate_limited', 120), answer('Hello')]);
    const before = performance.now();
    await new ReliableModel({ model }).generate(request);
    expect(performance.now() - before).toBeGreaterThanOrEqual(115);
  });

  test('a wait that is longer than it may be ends at once, and says how long it would take', async () => {
    const model = new ScriptedModel([fails('provider_rate_limited', 30_000)]);
    const calling = new ReliableModel({ model, maxWaitMs: 1_000 }).generate(request);
    await expect(calling).rejects.toMatchObject({
      code: 'deadline_exceeded',
      retryAfterMs: 30_000,
      message: expect.stringContaining('maxWaitMs'),
    });
  });

  test('counts its calls in the limiter under provider:model, beside those of others', async () => {
    const limiter = new RateLimiter({ rpd: 2, backend: new MemoryBackend() });
    await limiter.acquire('openai:gpt-4o');
    const model = new ScriptedModel([answer('one'), answer('never')], { id: 'openai/gpt-4o' });
    const reliable = new ReliableModel({ model, limiter, maxWaitMs: 100 });
    await reliable.generate(request);
    expect(await limiter.check('openai:gpt-4o')).toBeGreaterThan(1_000);
    await expect(reliable.generate(request)).rejects.toMatchObject({
      code: 'deadline_exceeded',
      details: { dimension: 'rpd', model: 'openai/gpt-4o' },
    });
    expect(model.requests).toHaveLength(1);
  });

  test('a model whose limit is used up is passed over for its fallback', async () => {
    const limiter = new RateLimiter({ rpd: 1 });
    const model = new ScriptedModel([answer('first')], { id: 'openai/gpt-4o' });
    const fallback = new ScriptedModel([answer('second')], { id: 'openai/gpt-4o-mini' });
    const reliable = new ReliableModel({ model, fallbackModels: [fallback], limiter });
    await reliable.generate(request);
    expect(firstPart(await reliable.generate(request))).toMatchObject({ text: 'second' });
  });

  test('leaving a stream early ends the call', async () => {
    const model = new ScriptedModel([{ type: 'hang', after: [{ type: 'text.delta', delta: 'Once' }] }]);
    for await (const event of new ReliableModel({ model }).stream(request)) {
      expect(event).toEqual({ type: 'text.delta', delta: 'Once' });
      break;
    }
    expect(model.requests).toHaveLength(1);
  });

  test('aborting ends a wait for limits with the signal’s reason', async () => {
    const model = new ScriptedModel([fails('provider_rate_limited', 30_000)]);
    const signal = AbortSignal.timeout(50);
    await expect(new ReliableModel({ model }).generate(request, { signal })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });
});
