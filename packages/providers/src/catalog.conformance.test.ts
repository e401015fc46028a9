import { describe, expect, test } from '@jest/globals';
import {
  describeEmbeddingConformance,
  describeModelContract,
  describeWireConformance,
  type ModelUnderTestOptions,
} from '@troupe/testing/model-conformance';
import { providerCatalog } from './catalog.js';
import { createModelCatalog, type ModelCatalogSettings } from './create-model-catalog.js';
import type { CompatibleFlavor } from './openai-compatible/flavors.js';

/** As the environment gives it. */
const keysOf = ({ apiKey }: ModelUnderTestOptions) => apiKey.split(',');

function patience({ silenceMs }: ModelUnderTestOptions): Pick<ModelCatalogSettings, 'timeouts'> {
  if (silenceMs === undefined) return {};
  return { timeouts: { firstByteMs: silenceMs, wholeAnswerMs: silenceMs, idleMs: silenceMs } };
}

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
          createModel: (options) =>
            createModelCatalog({
              [id]: { baseUrl: options.baseUrl, apiKeys: keysOf(options) },
              ...patience(options),
            }).resolve(`${id}/${options.model}`),
        });
        break;
      default:
        test(`${id} has no conformance suite`, () => {
          throw new Error(`Teach packages/testing the wire format of ${id} and run its suite here.`);
        });
    }
  }
});

describe("OpenAI's other API", () => {
  describeWireConformance({
    provider: 'openai',
    title: 'openai responses',
    abilities: { takesStop: false },
    createModel: (options) =>
      createModelCatalog({
        openai: { baseUrl: options.baseUrl, apiKeys: keysOf(options), api: 'responses' },
        ...patience(options),
      }).resolve(`openai/${options.model}`),
  });
});

function compatible(options: ModelUnderTestOptions, flavor: CompatibleFlavor) {
  return createModelCatalog({
    instances: [
      {
        kind: 'openai-compatible',
        flavor,
        baseUrl: options.baseUrl,
        apiKeys: keysOf(options),
        instance: { id: 'my-server', keySetting: 'MY_KEY', baseUrlSetting: 'base_url of "my-server"' },
      },
    ],
    ...patience(options),
  });
}

describe('compatible servers', () => {
  describeWireConformance({
    provider: 'openai',
    id: 'my-server',
    settings: { key: 'MY_KEY', baseUrl: 'base_url of "my-server"' },
    createModel: (options) => compatible(options, 'plain').resolve(`my-server/${options.model}`),
  });
});

describe('embeddings', () => {
  describeEmbeddingConformance({
    provider: 'openai',
    createModel: (options) =>
      createModelCatalog({ openai: { baseUrl: options.baseUrl, apiKeys: keysOf(options) } }).resolveEmbedding(
        `openai/${options.model}`,
      ),
  });
  describeEmbeddingConformance({
    provider: 'ollama',
    createModel: (options) =>
      createModelCatalog({ ollama: { baseUrl: options.baseUrl, apiKeys: keysOf(options) } }).resolveEmbedding(
        `ollama/${options.model}`,
      ),
  });
  describeEmbeddingConformance({
    provider: 'openai',
    id: 'my-server',
    createModel: (options) => compatible(options, 'vllm').resolveEmbedding(`my-server/${options.model}`),
  });
});
