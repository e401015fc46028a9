import { describe, expect, test } from '@jest/globals';
import { validationPipe } from '../input/validate-body.js';
import { ModelSettingsDto } from './model-settings.dto.js';

const read = (provider_options: unknown) =>
  validationPipe().transform({ provider_options }, { type: 'body', metatype: ModelSettingsDto });

describe('options of a provider', () => {
  test('are taken as they are', async () => {
    const options = {
      ollama: { num_ctx: 16_384 },
      openrouter: { models: ['openai/gpt-4o'], provider: { sort: 'price' } },
    };
    expect(await read(options)).toEqual({ provider_options: options });
  });

  test.each([
    ['another model', { openai: { model: 'gpt-dear' } }, 'model'],
    ['several answers', { openai: { n: 100 } }, 'n'],
    ['more output than is counted', { anthropic: { max_tokens: 1_000_000 } }, 'max_tokens'],
    ['another conversation', { ollama: {}, openai: { messages: [] } }, 'messages'],
  ])('do not bring %s, which limits and budgets would not count', async (_case, options, name) => {
    await expect(read(options)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining(`may not set ${name}:`),
    });
  });

  test.each([[{ openai: 'fast' }], [{ openai: null }], [[]], ['openai']])('are objects: not %j', async (options) => {
    await expect(read(options)).rejects.toMatchObject({
      details: { errors: [expect.objectContaining({ field: 'provider_options' })] },
    });
  });
});
