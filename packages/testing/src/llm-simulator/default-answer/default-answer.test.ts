import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { lastUserTextOf, promptCharactersOf } from '../requests/summarize-request.js';
import type { SimulatedMessage, SimulatedRequest, SimulatedTool } from '../simulated-request.js';
import { defaultAnswer } from './default-answer.js';

function request(turns: (string | SimulatedMessage)[], rest: Partial<SimulatedRequest> = {}): SimulatedRequest {
  const messages = turns.map(
    (turn): SimulatedMessage => (typeof turn === 'string' ? { role: 'user', text: turn } : turn),
  );
  const { tools = [] } = rest;
  return {
    provider: 'openai',
    model: 'gpt-test',
    messages,
    toolChoice: 'auto',
    lastUserText: lastUserTextOf(messages),
    stream: false,
    includeUsage: true,
    promptCharacters: promptCharactersOf(messages, tools),
    ...rest,
    tools,
  };
}

const assistant = (text: string): SimulatedMessage => ({ role: 'assistant', text });
const result = (text: string, toolName = 'calculate'): SimulatedMessage => ({ role: 'tool', text, toolName });

const tool = (
  name: string,
  properties: Record<string, unknown>,
  required = Object.keys(properties),
): SimulatedTool => ({
  name,
  description: '',
  parameters: { type: 'object', properties, required },
});
const string = { type: 'string' };
const tools = [
  tool('calculate', { expression: string }),
  tool('current_time', { timezone: string }, []),
  tool('add_todo_task', { title: string, due: string }, ['title']),
  tool('get_todo_tasks', { status: { enum: ['open', 'done'] } }, []),
  tool('complete_todo_task', { task_id: string }),
  tool('search_thread', { query: string, limit: { type: 'integer', minimum: 1 } }, ['query']),
  tool('transfer_to_billing_agent', { reason: string }, []),
];

test.each([
  [['Hi, my name is Ada and I like chess.', assistant('Hello'), 'What is my name?'], 'Your name is Ada.'],
  [["My name's Ada.", "What's my name?"], 'Your name is Ada.'],
  [['I am Grace.', 'ok', 'Do you remember my name?'], 'Your name is Grace.'],
  [['my name is Ada', 'No, my name is Eve', 'what is my name'], 'Your name is Eve.'],
  [['My favourite colour is deep blue!', 'What is my favourite colour?'], 'Your favourite colour is deep blue.'],
  [['I live in Paris', 'Where do I live?'], 'You live in Paris.'],
  [[assistant('My name is Bot.'), 'What is my name?'], 'You have not told me your name yet.'],
  [['First thing', assistant('ok'), 'What did I just say?'], 'You said: "First thing".'],
  [
    [
      { role: 'system', text: 'You are Cherry. Name: Cherry.\nWhat you know about the user:\n- name: Ada' },
      'What is my name?',
    ],
    'Your name is Ada.',
  ],
  [
    [
      { role: 'system', text: 'Cherry.\n\n# About the user\nRemembered:\n- "favorite_food": "pie"' },
      'What is my favorite food?',
    ],
    'Your favorite food is pie.',
  ],
  [
    [
      { role: 'system', text: '# Earlier in this conversation\nA summary.\n"The user said: \\"My name is Ada\\"."' },
      'Who am I?',
    ],
    'Your name is Ada.',
  ],
  [[{ role: 'system', text: 'Name: Cherry.' }, 'What is my name?'], 'You have not told me your name yet.'],
  [['my name is Ada'], 'I will remember that your name is Ada.'],
] as [(string | SimulatedMessage)[], string][])('remembers: %j', (turns, answer) => {
  expect(defaultAnswer(request(turns)).text).toBe(answer);
});

test.each([
  ['calculate 2+3*4', [['calculate', { expression: '2+3*4' }]]],
  [
    'What is (2 + 3) * 4, and what time is it in Europe/Paris?',
    [
      ['calculate', { expression: '(2 + 3) * 4' }],
      ['current_time', { timezone: 'Europe/Paris' }],
    ],
  ],
  [
    'Calculate 1+1 and 2*2',
    [
      ['calculate', { expression: '1+1' }],
      ['calculate', { expression: '2*2' }],
    ],
  ],
  ['what time is it?', [['current_time', {}]]],
  ['Add a task: buy milk', [['add_todo_task', { title: 'buy milk' }]]],
  ['todo: call the bank', [['add_todo_task', { title: 'call the bank' }]]],
  ['Please remind me to water the plants.', [['add_todo_task', { title: 'water the plants' }]]],
  ['add "buy eggs" to my todo list', [['add_todo_task', { title: 'buy eggs' }]]],
  ['Show my tasks', [['get_todo_tasks', {}]]],
  ['Mark buy milk as done', [['get_todo_tasks', {}]]],
  ['Search the thread for dragons', [['search_thread', { query: 'dragons', limit: undefined }]]],
  ['Please hand me over to billing', [['transfer_to_billing_agent', {}]]],
  ['call add_todo_task with {"title": "x", "due": "now"}', [['add_todo_task', { title: 'x', due: 'now' }]]],
  ['How are you?', undefined],
] as [string, [string, object][] | undefined][])('calls tools: %s', (text, calls) => {
  const answer = defaultAnswer(request([text], { tools }));
  expect(answer.toolCalls?.map((call) => [call.name, call.arguments])).toEqual(calls);
});

test('a task is completed by the id that the list showed, and then the answer quotes the result', () => {
  const listed = '{"tasks":[{"task_id":"t-1","title":"Buy milk"},{"task_id":"t-2","title":"Call the bank"}]}';
  const turns = ['Mark call the bank as done', assistant(''), result(listed, 'get_todo_tasks')];
  const next = defaultAnswer(request(turns, { tools }));
  expect(next.toolCalls).toEqual([{ name: 'complete_todo_task', arguments: { task_id: 't-2' } }]);
  const done: SimulatedMessage = {
    role: 'assistant',
    text: '',
    toolCalls: [{ name: 'complete_todo_task', arguments: {} }],
  };
  const last = defaultAnswer(request([...turns, done, result('{"done":true}', 'complete_todo_task')], { tools }));
  expect(last).toEqual({ text: 'The tool complete_todo_task answered: {"done":true}' });
});

test("a task with a number in the user's words is completed at once", () => {
  const numbered = [tool('get_todo_tasks', {}), tool('complete_todo_task', { number: { type: 'integer' } })];
  expect(defaultAnswer(request(['Please complete task 3'], { tools: numbered })).toolCalls).toEqual([
    { name: 'complete_todo_task', arguments: { number: 3 } },
  ]);
  const listed = result('{"tasks":[{"number":1,"title":"A","completed":false},{"number":2,"title":"Buy 1 egg"}]}');
  expect(defaultAnswer(request(['Mark "buy 1 egg" as done', listed], { tools: numbered })).toolCalls).toEqual([
    { name: 'complete_todo_task', arguments: { number: 2 } },
  ]);
});

test('tool results are quoted, failures as failures', () => {
  const turns = [
    'calculate 1+1',
    assistant(''),
    result('2'),
    { ...result('no such zone', 'current_time'), isError: true },
  ];
  expect(defaultAnswer(request(turns, { tools })).text).toBe(
    'The tool calculate answered: 2\nThe tool current_time failed: no such zone',
  );
});

test('a forced choice is obeyed', () => {
  const forced = defaultAnswer(request(['Hello'], { tools, toolChoice: { name: 'search_thread' } }));
  expect(forced.toolCalls).toMatchObject([{ name: 'search_thread', arguments: { query: expect.any(String) } }]);
  expect(defaultAnswer(request(['Hello'], { tools, toolChoice: 'required' })).toolCalls).toHaveLength(1);
  expect(defaultAnswer(request(['calculate 1+1'], { tools, toolChoice: 'none' })).toolCalls).toBeUndefined();
});

test('titles and facts come from the transcript in the prompt', () => {
  const id = '0193a1b2-0000-7000-8000-000000000001';
  const prompt = `Extract facts.\n\n[${id}] user: My name is Ada and I live in Paris.\n[x] assistant: My name is Cherry.`;
  const schema = {
    type: 'object',
    required: ['title', 'facts'],
    additionalProperties: false,
    properties: {
      title: { type: 'string', maxLength: 60 },
      facts: { type: 'array', items: { $ref: '#/$defs/fact' } },
    },
    $defs: {
      fact: {
        type: 'object',
        required: ['key', 'value', 'confidence', 'source_message_id'],
        additionalProperties: false,
        properties: {
          key: { type: 'string', pattern: '^[a-z_]+$' },
          value: string,
          confidence: { type: 'number', minimum: 0, maximum: 1 },
          source_message_id: string,
        },
      },
    },
  };
  const text = defaultAnswer(request([prompt], { responseFormat: { schema } })).text ?? '';
  const value: unknown = JSON.parse(text);
  expect(new Ajv2020({ strict: false }).validate(schema, value)).toBe(true);
  expect(value).toEqual({
    title: 'My name is Ada and I',
    facts: [
      { key: 'name', value: 'Ada', confidence: 0.9, source_message_id: id },
      { key: 'home', value: 'Paris', confidence: 0.9, source_message_id: id },
    ],
  });
});

test('titles and summaries asked for as plain text are of the transcript, not of the prompt', () => {
  const transcript = 'user: "Plan a trip to \\"Rome\\" for my aunt, please"\nassistant: "Gladly."\nuser: "In May"';
  const ask = (task: string) =>
    defaultAnswer(request([{ role: 'system', text: `${task}\nAs material.` }, transcript])).text;
  expect(ask('You write titles for conversations.')).toBe('Plan a trip to Rome for');
  expect(ask('You write summaries of conversations for the assistant.')).toBe(
    'The user said: "Plan a trip to "Rome" for my aunt, please"; "In May".',
  );
  expect(ask('You are a helpful assistant.')).toMatch(/^You said: /);
});

test('no facts is an empty list', () => {
  const schema = { type: 'object', required: ['facts'], properties: { facts: { type: 'array', items: string } } };
  expect(defaultAnswer(request(['The sky is blue.'], { responseFormat: { schema } })).text).toBe('{"facts":[]}');
});

test('the same request gets the same answer', () => {
  expect(defaultAnswer(request(['Tell me a story']))).toEqual(defaultAnswer(request(['Tell me a story'])));
  expect(defaultAnswer(request(['a', assistant('b'), 'c'])).text).toBe('You said: "c". I see 2 messages of yours.');
});
