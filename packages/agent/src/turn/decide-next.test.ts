import { describe, expect, test } from '@jest/globals';
import type { ContentPart, StopReason } from '@troupe/contracts';
import type { FinishReason, Tool } from '@troupe/spec';
import { scriptedResponse } from '@troupe/testing';
import { decideNext, type NextMove } from './decide-next.js';

const calculate: Tool = {
  name: 'calculate',
  description: 'Calculates.',
  parameters: {
    type: 'object',
    properties: { expression: { type: 'string' }, digits: { type: 'integer', minimum: 0 } },
    required: ['expression'],
    additionalProperties: false,
  },
  effect: 'read',
  timeoutMs: 1_000,
  execute: async () => 1,
};
const tools = new Map([[calculate.name, calculate]]);

function call(args: object, id = 'call_1', name = 'calculate'): ContentPart {
  return { type: 'tool_call', id, name, arguments: { ...args } };
}

function decide(content: ContentPart[], finish: FinishReason['reason'] = 'tool_calls', turn = 1): NextMove {
  return decideNext(scriptedResponse(content, { finish }), { tools, turn, maxTurns: 3 });
}

function rejections(move: NextMove): string[] {
  return move.kind === 'call_tools' ? move.rejected.map(({ result }) => result.content) : [];
}

describe('decideNext', () => {
  const text: ContentPart = { type: 'text', text: 'Four.' };

  test.each<[FinishReason['reason'], StopReason]>([
    ['stop', 'end_turn'],
    ['length', 'max_tokens'],
    ['stop_sequence', 'stop_sequence'],
    ['content_filter', 'content_filter'],
    ['refusal', 'refusal'],
    ['other', 'end_turn'],
    ['tool_calls', 'end_turn'],
  ])('an answer that finished by %s ends the run with %s', (reason, stopReason) => {
    expect(decide([text], reason)).toEqual({ kind: 'finish', stopReason, text: 'Four.', content: [text] });
  });

  test('valid calls are handed over with their tools, whatever the finish says', () => {
    const content = [text, call({ expression: '2+2' }), call({ expression: '3+3' }, 'call_2')];
    expect(decide(content, 'stop')).toEqual({
      kind: 'call_tools',
      calls: [
        { part: content[1], tool: calculate },
        { part: content[2], tool: calculate },
      ],
      rejected: [],
      content,
    });
  });

  test('an unknown tool is answered with near matches', () => {
    expect(rejections(decide([call({}, 'call_1', 'calculator')]))).toEqual([
      'Error: There is no tool "calculator". Did you mean calculate?',
    ]);
  });

  test('an unknown tool that is like none is answered with what there is', () => {
    expect(rejections(decide([call({}, 'call_1', 'send_email')]))).toEqual([
      'Error: There is no tool "send_email". Available: calculate.',
    ]);
  });

  test.each([
    [{}, '"expression" is required'],
    [{ expression: 4 }, '"expression" must be string'],
    [{ expression: '1', digits: -1 }, '"digits" must be >= 0'],
    [{ expression: '1', extra: true }, '"extra" is not a known argument'],
  ])('invalid arguments %j are answered with the field', (args, message) => {
    expect(rejections(decide([call(args)]))).toEqual([`Error: Invalid arguments for calculate: ${message}.`]);
  });

  test('arguments that are no JSON are answered with what was sent', () => {
    const broken: ContentPart = {
      type: 'tool_call',
      id: 'call_1',
      name: 'calculate',
      arguments: {},
      invalid_arguments: '{"expression": "2+',
    };
    expect(rejections(decide([broken]))[0]).toContain('must be one JSON object. This was sent: {"expression": "2+');
  });

  test('good calls run beside rejected ones', () => {
    const move = decide([call({ expression: '1' }, 'a'), call({}, 'b')]);
    expect(move).toMatchObject({
      kind: 'call_tools',
      calls: [{ part: { id: 'a' } }],
      rejected: [{ part: { id: 'b' }, result: { tool_call_id: 'b', status: 'failed', name: 'calculate' } }],
    });
  });

  test('duplicated and empty ids become unique, also in the message to store', () => {
    const move = decide([call({ expression: '1' }), call({ expression: '2' }), call({ expression: '3' }, '')]);
    const ids = ['call_1', 'call_1_2', 'call'];
    expect(move.kind === 'call_tools' && move.calls.map(({ part }) => part.id)).toEqual(ids);
    expect(move.content.map((part) => part.type === 'tool_call' && part.id)).toEqual(ids);
  });

  test('calls of an answer that was cut off by length are answered, not run', () => {
    const move = decide([call({ expression: '1' })], 'length');
    expect(move).toMatchObject({ kind: 'call_tools', calls: [] });
    expect(rejections(move)[0]).toContain('may be cut off');
  });

  test('calls in the last turn end the run, and the stored message holds none of them', () => {
    expect(decide([text, call({ expression: '1' })], 'tool_calls', 3)).toEqual({
      kind: 'finish',
      stopReason: 'max_turns',
      text: 'Four.',
      content: [text],
    });
  });

  test.each(['refusal', 'content_filter'] as const)('a %s ends the run even with calls', (reason) => {
    expect(decide([call({ expression: '1' })], reason)).toMatchObject({
      kind: 'finish',
      stopReason: reason,
      content: [],
    });
  });

  test('a tool whose schema is no JSON Schema is an error of the server that names it', () => {
    const broken = { ...calculate, parameters: { type: 'nonsense' } };
    const decideBroken = () =>
      decideNext(scriptedResponse([call({})]), { tools: new Map([['calculate', broken]]), turn: 1, maxTurns: 3 });
    expect(decideBroken).toThrow(/parameters of the tool calculate are no valid JSON Schema/);
  });
});
