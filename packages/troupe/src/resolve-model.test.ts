import { describe, expect, test } from '@jest/globals';
import { ScriptedModel } from '@troupe/testing';
import { resolveModel } from './resolve-model.js';

describe('resolveModel', () => {
  test('any ChatModel is taken as it is', () => {
    const model = new ScriptedModel();
    expect(resolveModel({ model })).toBe(model);
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
  ] as const)('%j gives %s', (choice, id) => {
    expect(resolveModel(choice).id).toBe(id);
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
