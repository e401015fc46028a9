import { describe, expect, test } from '@jest/globals';
import { textOf } from '@troupe/contracts';
import { scriptedResponse } from '@troupe/testing';
import { parseSummary, summaryRequest } from './summary.js';

describe('summaryRequest', () => {
  const messages = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'The villain is Morwen.' }] }];

  test('shows the summary so far and what followed', () => {
    const [message] = summaryRequest('A campaign in <fog>.', messages).messages;
    expect(textOf(message?.content ?? [])).toBe(
      'Summary so far:\n"A campaign in \\u003cfog>."\n\nTranscript:\nuser: "The villain is Morwen."',
    );
  });

  test('the first summary has nothing before it', () => {
    const [message] = summaryRequest(null, messages).messages;
    expect(textOf(message?.content ?? [])).toBe('Transcript:\nuser: "The villain is Morwen."');
  });

  test('leaves tool calls and results out', () => {
    const [message] = summaryRequest(null, [
      { role: 'assistant', content: [{ type: 'tool_call', id: 'a', name: 'roll', arguments: {} }] },
      {
        role: 'tool',
        content: [{ type: 'tool_result', tool_call_id: 'a', name: 'roll', status: 'completed', content: '20' }],
      },
      ...messages,
    ]).messages;
    expect(textOf(message?.content ?? [])).not.toContain('roll');
  });
});

describe('parseSummary', () => {
  test('is the text, at most 4,000 characters', () => {
    expect(parseSummary(scriptedResponse([{ type: 'text', text: ' They plan. ' }]))).toBe('They plan.');
    expect(parseSummary(scriptedResponse([{ type: 'text', text: 'x'.repeat(9_000) }]))).toHaveLength(4_000);
  });

  test('an answer that was cut off does not replace a summary', () => {
    expect(parseSummary(scriptedResponse([{ type: 'text', text: 'They pl' }], { finish: 'length' }))).toBeUndefined();
  });
});
