import { expect, test } from '@jest/globals';
import { createModelCatalog } from '../create-model-catalog.js';

const model = createModelCatalog({}).resolveEmbedding('demo/demo');

async function near(one: string, other: string): Promise<number> {
  const { vectors } = await model.embed({ texts: [one, other] });
  const [a = [], b = []] = vectors;
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

test('vectors are the same every time, and of length 1', async () => {
  const texts = ['The company meets at dusk.', '', '日本語のテキスト'];
  const first = await model.embed({ texts });
  expect(await model.embed({ texts })).toEqual(first);
  for (const vector of first.vectors) {
    expect(vector).toHaveLength(256);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 9);
  }
  expect(first).toMatchObject({ estimated: true });
  expect((await model.embed({ texts, dimensions: 32 })).vectors[0]).toHaveLength(32);
});

test('texts that share words are nearer than texts that share none', async () => {
  const fox = 'The red fox jumps';
  expect(await near(fox, 'a red fox jumped')).toBeGreaterThan(await near(fox, 'tax law for companies'));
  expect(await near('one company', 'two companies')).toBeGreaterThan(0);
});

test('an aborted call ends with its reason', async () => {
  const reason = new Error('enough');
  await expect(model.embed({ texts: ['a'] }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
