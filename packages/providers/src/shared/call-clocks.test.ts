import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ModelRequest } from '@troupe/spec';
import { type LlmSimulator, type SimulatedReply, startLlmSimulator } from '@troupe/testing';
import { createModelCatalog } from '../create-model-catalog.js';
import { CallClocks } from './call-clocks.js';
import { defaultTimeouts, type ProviderTimeouts } from './provider-timeouts.js';

const request: ModelRequest = { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] };

describe('the clocks of a call', () => {
  let simulator: LlmSimulator;
  beforeAll(async () => {
    simulator = await startLlmSimulator();
  });
  beforeEach(() => simulator.reset());
  afterAll(() => simulator.close());

  /** Texts that came, and the message of what ended the stream, if anything did. */
  async function stream(reply: SimulatedReply, timeouts: Partial<ProviderTimeouts>) {
    simulator.script(reply);
    const catalog = createModelCatalog({ openai: { baseUrl: simulator.baseUrls.openai }, timeouts });
    // The clocks are short here, and the first call would load the SDK within them.
    await catalog.load();
    const texts: string[] = [];
    try {
      for await (const event of catalog.resolve('openai/any').stream(request)) {
        if (event.type === 'text.delta') texts.push(event.delta);
      }
    } catch (error) {
      expect(error).toMatchObject({ code: 'provider_timeout', fault: 'upstream', retryable: true });
      return { texts, gaveUp: error instanceof Error ? error.message : '' };
    }
    return { texts, gaveUp: undefined };
  }

  test('the first byte: of a body whose headers have come, too', async () => {
    const silent = await stream({ hang: 'before_headers' }, { firstByteMs: 120 });
    expect(silent).toMatchObject({ texts: [], gaveUp: expect.any(String) });
    const { gaveUp } = await stream({ tokens: 2, delayMs: 5_000 }, { firstByteMs: 120 });
    expect(gaveUp).toContain('nothing came within 0.12 s');
  });

  test('a first byte may take longer than the next', async () => {
    const { texts, gaveUp } = await stream({ tokens: 2, delayMs: 1_000 }, { idleMs: 500 });
    expect(gaveUp).toBeUndefined();
    expect(texts).toHaveLength(2);
  });

  test('transport idle: silence in the middle', async () => {
    const { texts, gaveUp } = await stream({ tokens: 5, hang: 2 }, { idleMs: 120 });
    expect(texts).toHaveLength(2);
    expect(gaveUp).toContain('nothing more came for 0.12 s');
  });

  test('total: however lively it is', async () => {
    const { texts, gaveUp } = await stream({ tokens: 1_000, tokenDelayMs: 20 }, { totalMs: 300 });
    expect(texts.length).toBeGreaterThan(0);
    expect(gaveUp).toContain('the call took longer than 0.3 s');
  });

  test('total: of an answer that is not streamed', async () => {
    simulator.script({ tokens: 2, hang: 'before_headers' });
    const catalog = createModelCatalog({
      openai: { baseUrl: simulator.baseUrls.openai },
      timeouts: { totalMs: 150 },
    });
    await catalog.load();
    await expect(catalog.resolve('openai/any').generate(request)).rejects.toMatchObject({
      code: 'provider_timeout',
      message: expect.stringContaining('the call took longer than 0.15 s'),
    });
  });

  test('a slow but steady answer is let be', async () => {
    const { texts, gaveUp } = await stream({ tokens: 12, tokenDelayMs: 50 }, { idleMs: 1_000, contentIdleMs: 1_000 });
    expect(gaveUp).toBeUndefined();
    expect(texts).toHaveLength(12);
  });

  test('a reader that takes its time is not the provider’s fault', async () => {
    simulator.script({ tokens: 30_000 });
    const catalog = createModelCatalog({
      openai: { baseUrl: simulator.baseUrls.openai },
      timeouts: { idleMs: 500, contentIdleMs: 500 },
    });
    let taken = 0;
    for await (const event of catalog.resolve('openai/any').stream(request)) {
      taken += 1;
      if (taken === 1) await new Promise((resolve) => setTimeout(resolve, 1_500));
      if (event.type === 'completed') expect(event.response.finish.reason).toBe('stop');
    }
    expect(taken).toBe(30_001);
  });

  test('one instance may have clocks of its own', async () => {
    simulator.script({ tokens: 5, hang: 2 }, { tokens: 2, delayMs: 300 });
    const catalog = createModelCatalog({
      openai: { baseUrl: simulator.baseUrls.openai },
      instances: [
        {
          kind: 'openai-compatible',
          baseUrl: simulator.baseUrls.openai,
          timeouts: { idleMs: 120 },
          instance: { id: 'hasty', keySetting: 'KEY', baseUrlSetting: 'URL' },
        },
      ],
    });
    const read = async (id: string) => {
      for await (const event of catalog.resolve(id).stream(request)) if (event.type === 'completed') return;
    };
    await expect(read('hasty/any')).rejects.toMatchObject({ code: 'provider_timeout' });
    await expect(read('openai/any')).resolves.toBeUndefined();
  });
});

test('a process that was held up reads what came meanwhile before it judges', async () => {
  const expired: string[] = [];
  const clocks = new CallClocks({ ...defaultTimeouts, idleMs: 30 }, (what) => expired.push(what));
  clocks.arrived(true);
  // As the socket would, in the turn after the one that was held up.
  const heldUntil = Date.now() + 80;
  while (Date.now() < heldUntil);
  await new Promise<void>((resolve) => {
    setImmediate(() => {
      clocks.arrived(true);
      resolve();
    });
  });
  expect(expired).toEqual([]);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(expired).toEqual(['nothing more came for 0.03 s']);
  clocks.stop();
});
