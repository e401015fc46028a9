import { describe, expect, test } from '@jest/globals';
import { registerProvider } from '@troupe/providers';
import { ScriptedModel } from '@troupe/testing';
import { getProvider, resolveModel } from './resolve-model.js';

const createOwn = () => ({
  defaultModel: 'small',
  createModel: (name: string) => new ScriptedModel([], { id: `own/${name}` }),
  listModels: async () => ['small', 'large'],
});

describe('resolveModel', () => {
  test('any ChatModel is taken, and one that is made for agents as it is', () => {
    const model = new ScriptedModel([], { id: 'own/model', accounts: ['a', 'b'] });
    const reliable = resolveModel({ model });
    expect(reliable).toMatchObject({ id: 'own/model', accounts: ['a', 'b'], capabilities: model.capabilities });
    expect(resolveModel({ model: reliable })).toBe(reliable);
    expect(resolveModel({ model: reliable, retries: 0 })).not.toBe(reliable);
  });

  test('a provider that was registered needs the name of a model', () => {
    const leave = registerProvider({ id: 'own', create: () => ({ ...createOwn(), id: 'own' }) });
    const leaveOther = registerProvider({ id: 'other', create: () => ({ ...createOwn(), id: 'other' }) });
    try {
      expect(() => getProvider('other')).toThrow('No model of "other" was named');
      expect(getProvider('own', { model: 'large' }).id).toBe('own/large');
      expect(() =>
        getProvider('openai', { baseUrl: 'http://127.0.0.1:1/v1', fallbackModels: ['gpt-4.1', 'gpt-4.1'] }),
      ).toThrow('openai/gpt-4.1 is named twice');
    } finally {
      leave();
      leaveOther();
    }
    expect(() => getProvider('own', { model: 'large' })).toThrow(expect.objectContaining({ code: 'model_not_found' }));
    expect(() => getProvider('own')).toThrow('There is no provider "own".');
  });

  test.each([
    [{ provider: 'openai', apiKey: 'key', model: 'gpt-4o' }, 'openai/gpt-4o'],
    [{ provider: 'anthropic', apiKey: 'key', model: 'claude-sonnet-4' }, 'anthropic/claude-sonnet-4'],
    [
      { provider: 'openrouter', apiKey: 'key', model: 'anthropic/claude-sonnet-4' },
      'openrouter/anthropic/claude-sonnet-4',
    ],
    [{ provider: 'ollama', model: 'llama3.1' }, 'ollama/llama3.1'],
    [{ provider: 'openai', baseUrl: 'http://127.0.0.1:8000/v1', model: 'own' }, 'openai/own'],
    [{ model: 'openai/gpt-4.1', apiKey: 'key' }, 'openai/gpt-4.1'],
    [{ model: 'openrouter/anthropic/claude-sonnet-4', apiKey: 'key' }, 'openrouter/anthropic/claude-sonnet-4'],
  ] as const)('%j gives %s', (choice, id) => {
    expect(resolveModel(choice).id).toBe(id);
  });

  test.each([
    ['a provider that is misspelled', { provider: 'opnai', apiKey: 'key' }, 'model_not_found', 'Did you mean openai?'],
    [
      'one that is nowhere',
      { model: 'watsonx/granite' },
      'model_not_found',
      'Available: anthropic, demo, ollama, openai',
    ],
    [
      'a model without its provider',
      JSON.parse('{"model":"gpt-4.1"}'),
      'invalid_request',
      '"gpt-4.1" names no provider',
    ],
    ['no model at all', JSON.parse('{}'), 'invalid_request', 'An agent needs a model. Pass provider'],
    [
      'a key that is empty',
      { provider: 'openai', apiKey: '' },
      'provider_not_configured',
      'process.env.OPENAI_API_KEY',
    ],
  ])('%s is refused at once', (_what, choice, code, message) => {
    const resolve = () => resolveModel(choice);
    expect(resolve).toThrow(expect.objectContaining({ code, fault: 'caller' }));
    expect(resolve).toThrow(message);
  });

  test('errors of calls name the options, not the variables of a server', async () => {
    const request = { messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hi' }] }] };
    const nobody = { baseUrl: 'http://127.0.0.1:1', retries: 0, apiKey: 'key' };
    for (const provider of ['anthropic', 'ollama', 'openai', 'openrouter'] as const) {
      const failed = await getProvider(provider, nobody)
        .generate(request)
        .catch((error: Error) => error);
      expect(failed).toMatchObject({ code: 'provider_unavailable', message: expect.stringMatching(/ baseUrl\.$/) });
    }
  });

  test('without a model the provider chooses', () => {
    expect(resolveModel({ provider: 'openai', apiKey: 'key' }).id).toMatch(/^openai\/.+/);
  });

  test.each(['anthropic', 'openai', 'openrouter'] as const)('%s without a key says what to pass', (provider) => {
    expect(() => resolveModel({ provider })).toThrow(
      expect.objectContaining({ code: 'provider_not_configured', fault: 'caller' }),
    );
  });
});
