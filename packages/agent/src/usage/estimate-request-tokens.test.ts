import { describe, expect, test } from '@jest/globals';
import { estimateRequestTokens } from './estimate-request-tokens.js';

describe('estimateRequestTokens', () => {
  test('counts prompt, messages, tools and schema, a token for four characters', () => {
    const request = {
      system: 'x'.repeat(40),
      messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'y'.repeat(80) }] }],
    };
    expect(estimateRequestTokens(request)).toBe(30);
    const tools = [{ name: 'add', description: 'Adds.', parameters: { type: 'object' } }];
    expect(estimateRequestTokens({ ...request, tools })).toBe(Math.ceil((120 + 8 + 17) / 4));
    expect(estimateRequestTokens({ ...request, outputSchema: { name: 'out', schema: { type: 'string' } } })).toBe(
      Math.ceil((120 + 17) / 4),
    );
  });

  test('counts calls, their results, and pictures by themselves', () => {
    const call = { type: 'tool_call' as const, id: 'a', name: 'add', arguments: { x: 1 } };
    const result = { type: 'tool_result' as const, tool_call_id: 'a', name: 'add', status: 'completed' as const };
    const source = { type: 'base64' as const, media_type: 'image/png', data: 'A'.repeat(9_000) };
    const picture = { type: 'image' as const, source };
    const messages = [
      { role: 'assistant' as const, content: [call] },
      { role: 'tool' as const, content: [{ ...result, content: 'z'.repeat(30) }] },
      { role: 'user' as const, content: [picture] },
    ];
    expect(estimateRequestTokens({ messages })).toBe(Math.ceil((3 + 7 + 30) / 4) + 1_500);
  });
});
