import { expect, test } from '@jest/globals';
import { chooseOpenAiApi } from './choose-openai-api.js';

const own = 'https://api.openai.com/v1';

test.each([
  ['auto', 'o3', own, 'responses'],
  ['auto', 'gpt-5.4-mini', own, 'responses'],
  ['auto', 'gpt-5', 'https://eu.api.openai.com/v1', 'responses'],
  ['auto', 'gpt-5-chat-latest', own, 'chat'],
  ['auto', 'gpt-4.1', own, 'chat'],
  ['auto', 'o3', 'http://127.0.0.1:8000/v1', 'chat'],
  ['auto', 'gpt-5', 'https://api.openai.com.example.org/v1', 'chat'],
  ['responses', 'gpt-4.1', 'http://127.0.0.1:8000/v1', 'responses'],
  ['chat', 'o3', own, 'chat'],
] as const)('%s: %s at %s is asked through %s', (api, model, baseUrl, expected) => {
  expect(chooseOpenAiApi(api, model, baseUrl)).toBe(expected);
});
