import { describe, expect, test } from '@jest/globals';
import { describeModelContract, describeWireConformance } from '@troupe/testing/model-conformance';
import { providerCatalog } from './catalog.js';
import { createModelCatalog } from './create-model-catalog.js';

describe('every provider of the catalog conforms', () => {
  test('the catalog is sorted and names each provider once', () => {
    const ids = providerCatalog.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  for (const { id } of providerCatalog) {
    switch (id) {
      case 'demo':
        describeModelContract(id, () => createModelCatalog({}).resolve('demo/demo'));
        break;
      case 'anthropic':
      case 'ollama':
      case 'openai':
      case 'openrouter':
        describeWireConformance({
          provider: id,
          createModel: ({ baseUrl, apiKey, model, silenceMs }) =>
            createModelCatalog({
              [id]: { baseUrl, apiKeys: [apiKey] },
              ...(silenceMs !== undefined && {
                timeouts: { firstByteMs: silenceMs, wholeAnswerMs: silenceMs, idleMs: silenceMs },
              }),
            }).resolve(`${id}/${model}`),
        });
        break;
      default:
        test(`${id} has no conformance suite`, () => {
          throw new Error(`Teach packages/testing the wire format of ${id} and run its suite here.`);
        });
    }
  }
});
