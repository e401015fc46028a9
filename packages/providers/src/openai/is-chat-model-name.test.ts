import { expect, test } from '@jest/globals';
import { isChatModelName } from './is-chat-model-name.js';

test('names that chat are told from names that do something else', () => {
  const names = ['gpt-4o', 'o3', 'text-embedding-3-small', 'whisper-1', 'tts-1', 'qwen2.5-7b-instruct', 'gpt-image-1'];
  expect(names.filter(isChatModelName)).toEqual(['gpt-4o', 'o3', 'qwen2.5-7b-instruct']);
});
