import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddingModel } from '@troupe/spec';
import type { SimulatedProvider } from '../llm-simulator/simulated-request.js';
import { type LlmSimulator, startLlmSimulator } from '../llm-simulator/start-llm-simulator.js';
import type { ModelUnderTestOptions } from './model-under-test.js';
import { failureOf } from './observe-model.js';

export interface EmbeddingConformanceOptions {
  /** Whose wire format is spoken. */
  provider: SimulatedProvider;
  /** The provider part of the models' names; absent: that of the vendor. */
  id?: string;
  createModel(options: ModelUnderTestOptions): EmbeddingModel;
}

/** Registers the suite that every provider's embeddings pass, against the simulator. */
export function describeEmbeddingConformance({
  provider,
  id = provider,
  createModel,
}: EmbeddingConformanceOptions): void {
  describe(`${id} embeddings`, () => {
    let started: LlmSimulator | undefined;
    const simulator = () => {
      if (started === undefined) throw new Error('The simulator is started before the tests.');
      return started;
    };
    const model = (options: Partial<ModelUnderTestOptions> = {}) =>
      createModel({ baseUrl: simulator().baseUrls[provider], model: 'embed', apiKey: 'sk-test', ...options });

    beforeAll(async () => {
      started = await startLlmSimulator();
    });
    beforeEach(() => simulator().reset());
    afterAll(() => started?.close());

    test('one vector a text, in the same order, near for texts that share words', async () => {
      const { vectors, inputTokens } = await model().embed({ texts: ['the red fox', 'tax law', 'a red fox'] });
      expect(vectors).toHaveLength(3);
      const [first = [], second = [], third = []] = vectors;
      expect(dot(first, first)).toBeCloseTo(1, 4);
      expect(dot(first, third)).toBeGreaterThan(dot(first, second));
      expect(inputTokens).toBeGreaterThan(0);
    });

    test('many texts come back whole, whatever the provider takes at once', async () => {
      const texts = Array.from({ length: 5_000 }, (_, index) => `word${index}`);
      const { vectors } = await model().embed({ texts, dimensions: 8 });
      expect(vectors).toHaveLength(texts.length);
      const [sample] = (await model().embed({ texts: ['word4999'], dimensions: 8 })).vectors;
      expect(vectors.at(-1)).toEqual(sample);
    });

    test('nothing is asked for no texts', async () => {
      expect(await model().embed({ texts: [] })).toEqual({ vectors: [], inputTokens: 0, estimated: false });
    });

    test('the length of vectors can be chosen', async () => {
      const { vectors } = await model().embed({ texts: ['short'], dimensions: 16 });
      expect(vectors[0]).toHaveLength(16);
    });

    test('failures are told as those of chat models', async () => {
      const lost = await failureOf(model({ baseUrl: `${simulator().url}/nothing-here` }).embed({ texts: ['a'] }));
      expect(lost).toMatchObject({ name: 'TroupeError', details: { provider: id, status: 404 } });
      const reason = new Error('not wanted');
      const options = { signal: AbortSignal.abort(reason) };
      await expect(model().embed({ texts: ['a'] }, options)).rejects.toBe(reason);
    });

    test('names itself and its accounts', () => {
      const twice = model({ apiKey: 'sk-first,sk-second' });
      expect(twice.id).toBe(`${id}/embed`);
      expect(twice.accounts).toHaveLength(2);
    });
  });
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
