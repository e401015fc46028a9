import { expect, test } from '@jest/globals';
import { claudeTraits } from './claude-traits.js';

test.each([
  ['claude-3-7-sonnet-latest', 'budget', 'omit', false],
  ['claude-sonnet-4-20250514', 'budget', 'omit', false],
  ['claude-opus-4-1-20250805', 'budget', 'omit', true],
  ['claude-haiku-4-5-20251001', 'budget', 'omit', true],
  ['claude-sonnet-4-6', 'adaptive', 'omit', true],
  ['claude-mythos-preview', 'adaptive', 'unable', true],
  ['claude-opus-5', 'adaptive', 'disabled', true],
  ['claude-haiku-5-5', 'adaptive', 'between_tools', true],
  ['claude-opus-5-5', 'adaptive', 'unable', true],
  ['a-compatible-model', 'budget', 'omit', true],
])('%s: thinking is %s, without it %s, follows schemas: %s', (model, thinking, withoutThinking, followsSchemas) => {
  expect(claudeTraits(model)).toMatchObject({ thinking, withoutThinking, followsSchemas });
});

test.each([
  ['claude-opus-5', true],
  ['claude-fable-5', true],
  ['claude-fable-5-1', false],
  ['claude-sonnet-5-5', false],
])('%s can be made to call a tool: %s', (model, forcesTools) => {
  expect(claudeTraits(model)).toMatchObject({ forcesTools, bindsThinking: !forcesTools });
});
