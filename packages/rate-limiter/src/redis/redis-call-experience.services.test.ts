import { afterAll, describe, expect, test } from '@jest/globals';
import { newId } from '@troupe/contracts';
import { testRedisUrl } from '@troupe/testing';
import { Redis } from 'ioredis';
import { RedisCallExperience } from './redis-call-experience.js';

const redis = new Redis(testRedisUrl());
afterAll(() => redis.disconnect());

describe('RedisCallExperience', () => {
  test('another process hears what one has told, by model', async () => {
    const model = `test/${newId()}`;
    await new RedisCallExperience({ redis }).tell(model, { inputRatio: 1.25, output: 160.5 });
    const other = new RedisCallExperience({ redis });
    expect(await other.recall(model)).toEqual({ inputRatio: 1.25, output: 160.5 });
    expect(await other.recall(`${model}-mini`)).toBeUndefined();
  });

  test('the newest word counts, and is forgotten after a day', async () => {
    const model = `test/${newId()}`;
    const experience = new RedisCallExperience({ redis });
    await experience.tell(model, { inputRatio: 1, output: 900 });
    await experience.tell(model, { inputRatio: 1, output: 100 });
    expect(await experience.recall(model)).toEqual({ inputRatio: 1, output: 100 });
    expect(await redis.ttl(`troupe:experience:${model}`)).toBeGreaterThan(23 * 60 * 60);
  });

  test('what somebody else wrote there is not believed', async () => {
    const model = `test/${newId()}`;
    await redis.set(`troupe:experience:${model}`, 'nonsense');
    expect(await new RedisCallExperience({ redis }).recall(model)).toBeUndefined();
    await redis.del(`troupe:experience:${model}`);
  });

  test('nothing is known, and nothing fails, while Redis is away', async () => {
    const away = new Redis('redis://127.0.0.1:1', { maxRetriesPerRequest: 0, retryStrategy: () => null });
    away.on('error', () => undefined);
    const experience = new RedisCallExperience({ redis: away });
    await experience.tell('test/one', { inputRatio: 1, output: 1 });
    expect(await experience.recall('test/one')).toBeUndefined();
  });
});
