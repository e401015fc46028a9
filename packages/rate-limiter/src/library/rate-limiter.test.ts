import { describe, expect, test } from '@jest/globals';
import { MemoryBackend } from './backend.js';
import { getRateLimiter } from './get-rate-limiter.js';
import { RateLimiter } from './rate-limiter.js';

describe('RateLimiter', () => {
  test('tells how long to wait, and counts what is recorded, for each key apart', async () => {
    const limiter = new RateLimiter({ rpm: 60, tpm: 10_000 });
    expect(await limiter.check('openai:gpt-4o', 1_000)).toBe(0);
    expect(await limiter.check('openai:gpt-4o', 1_000)).toBe(0);
    await limiter.record('openai:gpt-4o', 1_500);
    const waitMs = await limiter.check('openai:gpt-4o', 1_000);
    expect(waitMs).toBeGreaterThan(5_000);
    expect(waitMs).toBeLessThan(11_000);
    expect(await limiter.check('openai:gpt-4o-mini', 1_000)).toBe(0);
  });

  test('acquire waits until its turn', async () => {
    const limiter = new RateLimiter({ rpm: 600 });
    for (let count = 0; count < 60; count++) await limiter.acquire('key');
    const begin = performance.now();
    await limiter.acquire('key');
    expect(performance.now() - begin).toBeGreaterThan(40);
  });

  test('what a call really took replaces its estimate', async () => {
    const limiter = new RateLimiter({ tpm: 10_000 });
    const { settle } = await limiter.acquire('key', 1_000);
    expect(await limiter.check('key', 1_000)).toBeGreaterThan(0);
    await settle(10);
    expect(await limiter.check('key', 900)).toBe(0);
  });

  test('who gives up leaves the line', async () => {
    const limiter = new RateLimiter({ rpm: 6 });
    await limiter.acquire('key');
    await limiter.acquire('key');
    const controller = new AbortController();
    const waiting = limiter.acquire('key', 0, { signal: controller.signal });
    const before = await limiter.check('key');
    controller.abort(new Error('Enough.'));
    await expect(waiting).rejects.toThrow('Enough.');
    expect(await limiter.check('key')).toBeLessThan(before);
  });

  test('a call larger than the limit fails at once', async () => {
    await expect(new RateLimiter({ tpm: 100 }).acquire('key', 101)).rejects.toMatchObject({ code: 'limit_exceeded' });
  });
});

describe('getRateLimiter', () => {
  test('is one limiter for a model, with the limits of its first caller', async () => {
    const backend = new MemoryBackend();
    const limiter = getRateLimiter('openai', 'gpt-4o', { backend, rpm: 1 });
    expect(getRateLimiter('openai', 'gpt-4o', { backend })).toBe(limiter);
    expect(getRateLimiter('openai', 'gpt-4o-mini', { backend })).not.toBe(limiter);
    await limiter.record('openai:gpt-4o');
    expect(await limiter.check('openai:gpt-4o')).toBeGreaterThan(50_000);
  });

  test('knows what an entry tier allows', async () => {
    const limiter = getRateLimiter('anthropic', 'claude-sonnet-4-5', { backend: new MemoryBackend() });
    await expect(limiter.check('key', 30_001)).rejects.toMatchObject({ code: 'limit_exceeded' });
    expect(await limiter.check('key', 30_000)).toBe(0);
  });
});
