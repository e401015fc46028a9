import { describe, expect, test } from '@jest/globals';
import { textOf } from '@troupe/contracts';
import { answer, ScriptedModel, scriptedResponse } from '@troupe/testing';
import { type ExtractedFact, factsRequest, parseFacts } from './facts.js';

function factsOf(answerText: unknown): ExtractedFact[] {
  const text = typeof answerText === 'string' ? answerText : JSON.stringify(answerText);
  return parseFacts(scriptedResponse([{ type: 'text', text }]));
}

const likesTea = { key: 'favorite_drink', value: 'tea', category: 'preferences' };

describe('factsRequest', () => {
  test('asks with a schema and shows known facts beside the transcript', async () => {
    const model = new ScriptedModel([answer(JSON.stringify({ facts: [likesTea] }))]);
    const request = factsRequest(
      [{ role: 'user', content: [{ type: 'text', text: 'I only drink tea.' }] }],
      [{ key: 'name', value: 'Phil' }],
    );
    expect(parseFacts(await model.generate(request))).toEqual([likesTea]);
    expect(model.requests[0]?.outputSchema?.name).toBe('user_facts');
    expect(textOf(model.requests[0]?.messages[0]?.content ?? [])).toBe(
      'Known facts:\n- "name": "Phil"\n\nTranscript:\nuser: "I only drink tea."',
    );
  });
});

describe('parseFacts', () => {
  test('reads JSON that is wrapped in a Markdown fence', () => {
    expect(factsOf('```json\n{"facts":[]}\n```')).toEqual([]);
  });

  test.each([
    ['Favorite food', 'favorite_food'],
    ['favoriteFood', 'favorite_food'],
    ['  time-zone ', 'time_zone'],
    ['любимая еда', 'любимая_еда'],
  ])('the key %j becomes %j', (key, expected) => {
    expect(factsOf({ facts: [{ key, value: 'x', category: 'other' }] })[0]?.key).toBe(expected);
  });

  test('entries that are no facts are left out, the others stay', () => {
    const facts = [
      null,
      'tea',
      { key: '!!', value: 'x' },
      { key: 'empty', value: ' ' },
      { key: 'nested', value: { a: 1 } },
      { key: 'essay', value: 'x'.repeat(301) },
      { key: 'age', value: 41, category: 'no such category' },
    ];
    expect(factsOf({ facts })).toEqual([{ key: 'age', value: '41', category: null }]);
  });

  test('the last value of a key wins', () => {
    expect(factsOf({ facts: [likesTea, { ...likesTea, value: 'coffee' }] })).toEqual([
      { ...likesTea, value: 'coffee' },
    ]);
  });

  test('keeps at most 20', () => {
    const facts = Array.from({ length: 50 }, (_, n) => ({ key: `k${n}`, value: 'x', category: 'other' }));
    expect(factsOf({ facts })).toHaveLength(20);
  });

  test.each(['', 'Sure! Here are the facts:', '[]', '{"facts": "none"}'])('%j is a bad answer', (text) => {
    expect(() => factsOf(text)).toThrow(expect.objectContaining({ code: 'provider_bad_response', retryable: true }));
  });

  test('a refusal holds no facts', () => {
    expect(parseFacts(scriptedResponse([{ type: 'text', text: 'No.' }], { finish: 'refusal' }))).toEqual([]);
  });
});
