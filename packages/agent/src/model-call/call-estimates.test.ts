import { describe, expect, test } from '@jest/globals';
import type { CallExperience, CallExperienceOfModel, ModelUsage } from '@troupe/spec';
import { ScriptedModel } from '@troupe/testing';
import { CallEstimates, USUAL_OUTPUT } from './call-estimates.js';

const model = new ScriptedModel([], { id: 'a/one' });
const sized = { request: { messages: [] }, inputTokens: 100 };

function used(inputTokens: number, outputTokens: number): ModelUsage {
  const nothing = { cachedInputTokens: 0, cacheWriteInputTokens: 0, reasoningTokens: 0 };
  return { inputTokens, outputTokens, ...nothing, estimated: false };
}

/** What several processes share, on one clock. */
class World implements CallExperience {
  readonly known = new Map<string, CallExperienceOfModel>();
  readonly heard: string[] = [];
  time = 0;

  async recall(id: string): Promise<CallExperienceOfModel | undefined> {
    this.heard.push(`recall ${id}`);
    return this.known.get(id);
  }

  async tell(id: string, learned: CallExperienceOfModel): Promise<void> {
    this.heard.push(`tell ${id}`);
    this.known.set(id, learned);
  }

  process(): CallEstimates {
    return new CallEstimates({ experience: this, clock: { now: () => this.time } });
  }
}

describe('what a call will take', () => {
  test('is known to a process that has not asked the model, once another one has', async () => {
    const world = new World();
    const [first, second] = [world.process(), world.process()];
    expect(first.of(model, sized)).toEqual({ input: 100, output: USUAL_OUTPUT });
    first.learn(model.id, sized, used(120, 160));
    await second.recall(model.id);
    expect(second.of(model, sized)).toEqual({ input: 120, output: 160 });
  });

  test('of its own calls counts more than what others told', async () => {
    const world = new World();
    const [first, second] = [world.process(), world.process()];
    second.learn(model.id, sized, used(100, 50));
    first.learn(model.id, sized, used(120, 160));
    await second.recall(model.id);
    expect(second.of(model, sized)).toEqual({ input: 100, output: 50 });
  });

  test('is asked of the others once for calls that come together, and again a second later while nobody knows', async () => {
    const world = new World();
    const fresh = world.process();
    await Promise.all([fresh.recall(model.id), fresh.recall(model.id)]);
    await fresh.recall(model.id);
    expect(world.heard).toEqual(['recall a/one']);
    world.known.set(model.id, { inputRatio: 1, output: 70 });
    world.time += 1_000;
    await Promise.all([fresh.recall(model.id), fresh.recall(model.id)]);
    expect(fresh.of(model, sized)).toEqual({ input: 100, output: 70 });
    world.time += 1_000;
    await fresh.recall(model.id);
    expect(world.heard).toEqual(['recall a/one', 'recall a/one']);
  });

  test('is told every five seconds and not after each call; a guess is no experience', () => {
    const world = new World();
    const one = world.process();
    one.learn(model.id, sized, { ...used(1, 1), estimated: true });
    expect(world.heard).toEqual([]);
    for (world.time = 0; world.time < 10_000; world.time += 100) one.learn(model.id, sized, used(100, 100));
    expect(world.heard).toEqual(['tell a/one', 'tell a/one']);
  });

  test('is learned alone where there is nobody to tell', async () => {
    const alone = new CallEstimates({ clock: { now: () => 0 } });
    await alone.recall(model.id);
    alone.learn(model.id, sized, used(100, 30));
    expect(alone.of(model, sized)).toEqual({ input: 100, output: 30 });
  });
});
