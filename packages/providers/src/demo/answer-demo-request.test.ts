import { describe, expect, test } from '@jest/globals';
import type { JsonSchema } from '@troupe/contracts';
import type { ModelMessage, ModelRequest } from '@troupe/spec';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { answerDemoRequest } from './answer-demo-request.js';

const user = (text: string): ModelMessage => ({ role: 'user', content: [{ type: 'text', text }] });
const assistant = (text: string): ModelMessage => ({ role: 'assistant', content: [{ type: 'text', text }] });

function answer(request: Partial<ModelRequest> & { messages: ModelMessage[] }): string {
  const [part, ...more] = answerDemoRequest(request);
  expect(more).toEqual([]);
  if (part?.type !== 'text') throw new Error('no text');
  return part.text;
}

describe('what the demo says', () => {
  test('it says that it is a demo and what to set, and repeats itself exactly', () => {
    const text = answer({ messages: [user('Hello there')] });
    expect(text).toContain('"Hello there"');
    expect(text).toContain('demo');
    expect(text).toContain('OPENAI_API_KEY');
    expect(answer({ messages: [user('Hello there')] })).toBe(text);
  });

  test('it remembers what was said earlier in the conversation', () => {
    const before = [user('Hi! My name is Ada and I live in Turin.'), assistant('Hello.')];
    expect(answer({ messages: [...before, user('What is my name?')] })).toBe('Your name is Ada.');
    expect(answer({ messages: [...before, user('Where do I live?')] })).toContain('Turin');
    expect(answer({ messages: [...before, user('What do you know about me?')] })).toMatch(/name: Ada.*home: Turin/);
  });

  test('the last word on a thing is the one that counts', () => {
    const messages = [user('My name is Ada.'), user('Call me Countess!'), user("What's my name?")];
    expect(answer({ messages })).toBe('Your name is Countess.');
  });

  test('it remembers nothing that it was not sent', () => {
    expect(answer({ messages: [user('What is my name?')] })).toBe('You have not told me your name yet.');
  });

  test.each(['- "name": "Ada Lovelace"', '- name: Ada Lovelace'])('it reads facts in the system prompt: %s', (line) => {
    const system = `You help.\n\n# About the user\nRemembered from earlier conversations.\n${line}\n- "home": "Turin"`;
    expect(answer({ system, messages: [user('Do you know my name?')] })).toBe('Your name is Ada Lovelace.');
  });

  test('it quotes what the tools of the last round said', () => {
    const result = (name: string, content: string, status: 'completed' | 'failed' = 'completed') =>
      ({ type: 'tool_result', tool_call_id: name, name, status, content }) as const;
    const messages: ModelMessage[] = [
      user('What is 2+2, and what time is it?'),
      { role: 'assistant', content: [{ type: 'tool_call', id: 'calculate', name: 'calculate', arguments: {} }] },
      { role: 'tool', content: [result('calculate', '4')] },
      { role: 'tool', content: [result('current_time', 'no clock', 'failed')] },
    ];
    const text = answer({ messages, tools: [{ name: 'calculate', description: '', parameters: {} }] });
    expect(text).toContain('calculate says: 4.');
    expect(text).toContain('current_time failed with: no clock.');
  });

  const transcript = user('Transcript:\nuser: "Plan a trip to\\nRome in May"\nassistant: "Sure."\nuser: "And Naples"');

  test('asked for a title, it gives one and nothing else', () => {
    const system = 'You write titles for conversations.';
    expect(answer({ system, messages: [transcript] })).toBe('Plan a trip to Rome in');
  });

  test('asked for a summary, it gives the user’s own words', () => {
    const system = 'You write summaries of conversations for the assistant.';
    expect(answer({ system, messages: [transcript] })).toBe(
      'The user said: "Plan a trip to Rome in May", "And Naples".',
    );
  });
});

describe('what the demo gives for a schema', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });

  function structured(schema: JsonSchema, ...messages: ModelMessage[]) {
    const value: unknown = JSON.parse(answer({ messages, outputSchema: { name: 'x', schema } }));
    const isValid = ajv.validate(schema, value);
    expect(ajv.errors ?? []).toEqual([]);
    expect(isValid).toBe(true);
    return value;
  }

  const factsSchema: JsonSchema = {
    type: 'object',
    properties: {
      facts: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            key: { type: 'string' },
            value: { type: 'string' },
            category: { type: 'string', enum: ['identity', 'location', 'preferences', 'other'] },
          },
          required: ['key', 'value', 'category'],
          additionalProperties: false,
        },
      },
    },
    required: ['facts'],
    additionalProperties: false,
  };

  test('facts are what the user said about themselves', () => {
    const text =
      'Known facts:\n- none\n\nTranscript:\nuser: "My name is Ada. I really like green tea, and I live in Turin"\n' +
      'assistant: "I am from Mars and my name is Bot"\nuser: "My favourite color is red. I work as a pilot."';
    expect(structured(factsSchema, user(text))).toEqual({
      facts: [
        { key: 'name', value: 'Ada', category: 'identity' },
        { key: 'home', value: 'Turin', category: 'location' },
        { key: 'likes', value: 'green tea', category: 'preferences' },
        { key: 'job', value: 'pilot', category: 'other' },
        { key: 'favorite_color', value: 'red', category: 'preferences' },
      ],
    });
  });

  test('where nothing was said there are no facts', () => {
    expect(structured(factsSchema, user('user: "Hello"'))).toEqual({ facts: [] });
  });

  test('a title is the first words of the user', () => {
    const schema = { type: 'object', properties: { title: { type: 'string', maxLength: 11 } }, required: ['title'] };
    expect(structured(schema, user('plan a picnic'))).toEqual({ title: 'Plan a picn' });
  });

  test('any other shape is filled with plain values', () => {
    const schema: JsonSchema = {
      $defs: { node: { type: 'object', properties: { children: { type: 'array', items: { $ref: '#/$defs/node' } } } } },
      type: 'object',
      properties: {
        tree: { $ref: '#/$defs/node' },
        count: { type: 'integer', minimum: 3 },
        above: { type: 'number', exclusiveMinimum: 2 },
        negative: { type: 'number', maximum: -1 },
        flag: { type: 'boolean' },
        kind: { enum: ['a', 'b'] },
        fixed: { const: 7 },
        given: { type: 'string', default: 'x' },
        nothing: { type: 'null' },
        maybe: { anyOf: [{ type: 'null' }, { type: 'string' }] },
        long: { type: 'string', minLength: 30 },
        when: { type: 'string', pattern: '^2026', format: 'date' },
        items: { type: 'array', items: { type: 'string' }, minItems: 2 },
      },
      required: [
        'tree',
        'count',
        'above',
        'flag',
        'kind',
        'fixed',
        'given',
        'nothing',
        'maybe',
        'long',
        'when',
        'items',
      ],
      additionalProperties: false,
    };
    expect(structured(schema, user('Hello'))).toMatchObject({ count: 3, kind: 'a', fixed: 7, given: 'x' });
  });
});
