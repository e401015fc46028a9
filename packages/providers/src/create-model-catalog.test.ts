import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TroupeError } from '@troupe/contracts';
import type { ModelCatalog } from '@troupe/spec';
import { type LlmSimulator, startLlmSimulator } from '@troupe/testing';
import { createModelCatalog } from './create-model-catalog.js';
import { registerProvider } from './registered-providers.js';

function refusal(catalog: ModelCatalog, id: string): TroupeError {
  try {
    catalog.resolve(id);
  } catch (error) {
    if (error instanceof TroupeError) return error;
    throw error;
  }
  throw new Error(`${id} was resolved.`);
}

const key = { apiKeys: ['sk-test'] };
const ollama = { baseUrl: 'http://127.0.0.1:11434' };

describe('createModelCatalog', () => {
  test.each([
    [{}, 'demo/demo'],
    [{ openai: {}, ollama: { apiKeys: ['unused'] } }, 'demo/demo'],
    [{ ollama }, 'ollama/llama3.1'],
    [{ ollama, openrouter: key }, 'openrouter/openai/gpt-4.1-mini'],
    [{ ollama, openrouter: key, anthropic: key }, 'anthropic/claude-haiku-4-5'],
    [{ ollama, openrouter: key, anthropic: key, openai: key }, 'openai/gpt-4.1-mini'],
    [{ openai: { baseUrl: 'http://127.0.0.1:8000/v1' } }, 'openai/gpt-4.1-mini'],
    [{ openai: key, defaultModel: 'ollama/qwen3' }, 'ollama/qwen3'],
  ])('the default model of %j is %s', (settings, expected) => {
    expect(createModelCatalog(settings).defaultModel).toBe(expected);
  });

  test('any model of a configured provider is resolved, and once', () => {
    const catalog = createModelCatalog({ openrouter: key });
    const model = catalog.resolve('openrouter/vendor/some-model:free');
    expect(model.id).toBe('openrouter/vendor/some-model:free');
    expect(catalog.resolve('openrouter/vendor/some-model:free')).toBe(model);
  });

  test('a provider that is not configured names the setting to set', () => {
    const catalog = createModelCatalog({ ollama });
    const error = refusal(catalog, 'anthropic/claude-haiku-4-5');
    expect(error).toMatchObject({ code: 'provider_not_configured', retryable: false });
    expect(error.message).toContain('ANTHROPIC_API_KEY');
    expect(error.details).toEqual({ provider: 'anthropic', configured: ['ollama'], setting: 'ANTHROPIC_API_KEY' });
  });

  test('a mistyped provider is told the near matches', () => {
    const error = refusal(createModelCatalog({ openai: key }), 'opnai/gpt-4o');
    expect(error).toMatchObject({ code: 'model_not_found', fault: 'caller' });
    expect(error.message).toContain('Did you mean "openai/gpt-4o"?');
    expect(error.details).toEqual({ model: 'opnai/gpt-4o', near_matches: ['openai/gpt-4o'] });
  });

  test('a provider that is like none is told what there is', () => {
    const error = refusal(createModelCatalog({ openai: key }), 'watsonx/granite');
    expect(error.message).toContain('anthropic, demo, ollama, openai, openrouter');
  });

  test.each(['gpt-4o', '', 'openai/', '/gpt-4o', `openai/${'x'.repeat(300)}`])('"%s" names no model', (id) => {
    const error = refusal(createModelCatalog({ openai: key }), id);
    expect(error).toMatchObject({ code: 'model_not_found', fault: 'caller' });
    expect(error.message).toContain('provider/model');
    expect(error.message.length).toBeLessThan(400);
  });

  test('the demo answers only where nothing is configured, and has one model', () => {
    expect(createModelCatalog({}).resolve('demo/demo').id).toBe('demo/demo');
    expect(refusal(createModelCatalog({}), 'demo/dmo').message).toContain('"demo/demo"');
    expect(refusal(createModelCatalog({ openai: key }), 'demo/demo')).toMatchObject({
      code: 'provider_not_configured',
    });
  });

  test('many names cost bounded memory and still resolve', () => {
    const catalog = createModelCatalog({ openai: key });
    const first = catalog.resolve('openai/m0');
    for (let count = 1; count <= 1_000; count += 1) catalog.resolve(`openai/m${count}`);
    expect(catalog.resolve('openai/m0')).not.toBe(first);
    expect(catalog.resolve('openai/m0').id).toBe('openai/m0');
  });
});

describe('several of one kind', () => {
  const instance = (id: string, more: object = {}) => ({
    kind: 'openai-compatible' as const,
    baseUrl: 'http://127.0.0.1:9/v1',
    instance: { id, keySetting: 'KEY', baseUrlSetting: 'URL', ...more },
  });

  test('each has its name, its default and its list', async () => {
    const catalog = createModelCatalog({ instances: [instance('one', { models: ['a', 'b'] }), instance('two')] });
    expect(catalog.defaultModel).toBe('one/a');
    expect(catalog.resolve('two/any').id).toBe('two/any');
    expect((await catalog.list()).map(({ id }) => id)).toEqual(['one/a', 'one/b', 'two/default']);
    expect(refusal(catalog, 'on/any').message).toContain('Did you mean "one/any"');
  });

  test('well-known providers come first, and the demo does not answer beside others', () => {
    const catalog = createModelCatalog({ ollama, instances: [instance('one')] });
    expect(catalog.defaultModel).toBe('ollama/llama3.1');
    expect(createModelCatalog({ instances: [instance('one')] }).defaultModel).toBe('one/default');
    expect(() => createModelCatalog({ openai: key, instances: [instance('openai')] })).toThrow('Two providers');
  });

  test('none takes the name under which agents are chosen like models', () => {
    expect(() => createModelCatalog({ instances: [instance('agent')] })).toThrow('"agent" cannot name a provider');
    const create = () => {
      throw new Error('It is never made.');
    };
    expect(() => registerProvider({ id: 'agent', create })).toThrow('"agent" cannot name a provider');
    expect(() => createModelCatalog({ instances: [instance('agents')] })).not.toThrow();
  });

  test.each(['anthropic', 'ollama', 'openai', 'openrouter'] as const)('%s may be there under another name', (kind) => {
    const catalog = createModelCatalog({
      [kind]: { ...key, baseUrl: ollama.baseUrl },
      instances: [{ ...instance('second'), kind, apiKeys: ['sk-2'] }],
    });
    expect(catalog.resolve('second/any').id).toBe('second/any');
    expect(catalog.resolve(`${kind}/any`).id).toBe(`${kind}/any`);
  });

  test('errors name the entry', async () => {
    const catalog = createModelCatalog({
      instances: [instance('one', { baseUrlSetting: 'base_url of "one" in p.yaml' })],
    });
    const messages = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hi' }] }];
    await expect(catalog.resolve('one/any').generate({ messages })).rejects.toMatchObject({
      message: expect.stringMatching(/^one could not be reached at .*correct base_url of "one" in p\.yaml\.$/),
      details: { provider: 'one' },
    });
  });
});

describe('embeddings', () => {
  test('are resolved once, of providers that have them', () => {
    const catalog = createModelCatalog({ openai: key, anthropic: key });
    const model = catalog.resolveEmbedding('openai/text-embedding-3-small');
    expect(model.id).toBe('openai/text-embedding-3-small');
    expect(catalog.resolveEmbedding('openai/text-embedding-3-small')).toBe(model);
    expect(() => catalog.resolveEmbedding('anthropic/any')).toThrow(
      expect.objectContaining({ code: 'model_not_found', message: expect.stringContaining('a model of openai') }),
    );
    expect(() => catalog.resolveEmbedding('opnai/any')).toThrow(expect.objectContaining({ code: 'model_not_found' }));
    const without = createModelCatalog({ anthropic: key });
    expect(() => without.resolveEmbedding('anthropic/any')).toThrow('such as openai');
  });
});

describe('list', () => {
  let simulator: LlmSimulator;
  beforeAll(async () => {
    simulator = await startLlmSimulator();
  });
  afterAll(() => simulator.close());

  test('every provider is asked for its models', async () => {
    const { openai, anthropic, openrouter, ollama: local } = simulator.baseUrls;
    const catalog = createModelCatalog({
      openai: { baseUrl: openai },
      anthropic: { baseUrl: anthropic },
      openrouter: { baseUrl: openrouter },
      ollama: { baseUrl: local },
      defaultModel: 'ollama/my-own',
    });
    const entries = await catalog.list();
    expect(new Set(entries.map(({ provider }) => provider))).toEqual(
      new Set(['openai', 'anthropic', 'openrouter', 'ollama']),
    );
    for (const { id, provider } of entries) expect(id.startsWith(`${provider}/`)).toBe(true);
    expect(entries[0]).toEqual({ id: 'ollama/my-own', provider: 'ollama' });
    expect(await catalog.list()).toBe(entries);
  });

  test('a provider that cannot be asked is listed with its default', async () => {
    const catalog = createModelCatalog({ openai: { baseUrl: `${simulator.url}/nothing-here` } });
    expect(await catalog.list()).toEqual([{ id: 'openai/gpt-4.1-mini', provider: 'openai' }]);
  });

  test('the demo lists itself', async () => {
    expect(await createModelCatalog({}).list()).toEqual([{ id: 'demo/demo', provider: 'demo' }]);
  });
});
