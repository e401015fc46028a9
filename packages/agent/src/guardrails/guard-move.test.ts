import { describe, expect, test } from '@jest/globals';
import type { Guardrail, JsonObject, RunEventBody, ToolCallPart } from '@troupe/contracts';
import type { Tool } from '@troupe/spec';
import { scriptedResponse } from '@troupe/testing';
import { handoffTool } from '../handoff/handoff-tool.js';
import { decideNext, type NextMove } from '../turn/decide-next.js';
import { guardMove } from './guard-move.js';

const SECRET = 's3cret';
const noSecrets: Guardrail = { name: 'secret', on: ['tool_input'], check: { type: 'patterns', patterns: [SECRET] } };
const noEmails: Guardrail = { name: 'emails', on: ['tool_input'], check: { type: 'pii', kinds: ['email'] } };
const apples: Guardrail = { name: 'apples', on: ['output'], check: { type: 'patterns', patterns: ['apples'] } };

const tool = (name: string, changes: Partial<Tool> = {}): Tool => ({
  name,
  description: 'Does something.',
  parameters: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
  effect: 'effect',
  timeoutMs: 100,
  execute: async () => 'done',
  ...changes,
});
const tools = new Map([tool('send'), tool('ask_user', { asksUser: true })].map((one) => [one.name, one]));
const inputSchema = { type: 'object', properties: { topic: { type: 'string', maxLength: 20 } }, required: ['topic'] };
const toAda = handoffTool({ agent: 'ada', name: 'Ada', inputSchema });
const handoffs = new Map([[toAda.name, toAda]]);

type Call = Pick<ToolCallPart, 'name' | 'arguments' | 'invalid_arguments'>;

async function guarded(calls: Call[], guardrails: Guardrail[]) {
  const content = calls.map((call, index) => ({ type: 'tool_call' as const, id: `call_${index + 1}`, ...call }));
  const move = decideNext(scriptedResponse(content, { finish: 'tool_calls' }), {
    tools,
    handoffs,
    turn: 1,
    maxTurns: 9,
  });
  const events: RunEventBody[] = [];
  const ports = { context: { userId: null, deps: undefined } };
  const events_ = { signal: new AbortController().signal, onEvent: (event: RunEventBody) => events.push(event) };
  return { move: await guardMove(move, guardrails, ports, events_), events };
}

function resultsOf(move: NextMove): string[] {
  if (move.kind === 'finish') return [];
  const results = move.kind === 'handoff' ? move.results : move.rejected.map(({ result }) => result);
  return results.map(({ content }) => content);
}

const argumentsIn = (move: NextMove): JsonObject[] =>
  move.content.flatMap((part) => (part.type === 'tool_call' ? [part.arguments] : []));

describe('a call', () => {
  test('that is refused leaves nothing of its arguments to be told or kept', async () => {
    const { move, events } = await guarded([{ name: 'send', arguments: { text: SECRET } }], [noSecrets]);
    expect(move).toMatchObject({ kind: 'call_tools', calls: [] });
    expect(resultsOf(move)).toEqual(['Error: Not run: the guardrail "secret" refused the arguments (the pattern).']);
    expect(JSON.stringify([move, events])).not.toContain(SECRET);
    expect(events).toMatchObject([{ data: { guardrail: 'secret', tool: 'send', tool_call_id: 'call_1' } }]);
  });

  test.each<[string, Call]>([
    ['to a tool that is not there', { name: 'sent', arguments: { text: SECRET } }],
    ['with arguments that do not fit', { name: 'send', arguments: { body: SECRET } }],
    ['with arguments that are no JSON', { name: 'send', arguments: {}, invalid_arguments: `{"text": "${SECRET}` }],
  ])('%s shows nothing that a rule refuses either', async (_what, call) => {
    const { move } = await guarded([call], [noSecrets]);
    expect(JSON.stringify(move)).not.toContain(SECRET);
    expect(move).toMatchObject({ kind: 'call_tools', calls: [], rejected: [{ result: { status: 'failed' } }] });
  });

  test('that is not made anyway has passages taken out of it, and of what is said about it', async () => {
    const { move } = await guarded([{ name: 'send', arguments: { to: 'ann@example.com' } }], [noEmails]);
    expect(argumentsIn(move)).toEqual([{ to: '[email address removed]' }]);
    expect(resultsOf(move)[0]).toContain('Invalid arguments for send');
  });

  test('that asks a person is said by the agent: guardrails of output look at it', async () => {
    const { move } = await guarded([{ name: 'ask_user', arguments: { text: 'Do you like apples?' } }], [apples]);
    expect(move).toMatchObject({ kind: 'call_tools', calls: [] });
    const other = await guarded([{ name: 'send', arguments: { text: 'apples' } }], [apples]);
    expect(other.move).toMatchObject({ calls: [{ part: { arguments: { text: 'apples' } } }] });
  });
});

describe('what is sent along with a handoff', () => {
  const to = (topic: string): Call => ({ name: 'transfer_to_ada', arguments: { topic } });

  test('is refused like any other arguments, and then nobody takes over', async () => {
    const { move } = await guarded([to(SECRET), { name: 'send', arguments: { text: 'x' } }], [noSecrets]);
    expect(move).toMatchObject({ kind: 'call_tools', calls: [] });
    expect(resultsOf(move)).toEqual([
      'Error: Not run: the guardrail "secret" refused the arguments (the pattern).',
      'Error: Not run: the turn asked for a handoff, which failed. Call send again if needed.',
    ]);
    expect(JSON.stringify(move)).not.toContain(SECRET);
  });

  test('is changed before anybody reads it', async () => {
    const { move } = await guarded([to('a@b.example')], [{ ...noEmails, action: 'redact' }]);
    // What is left of it is longer than the schema allows.
    expect(move).toMatchObject({ kind: 'call_tools', calls: [] });
    const short: Guardrail = {
      name: 'short',
      on: ['tool_input'],
      action: 'redact',
      check: { type: 'max_length', characters: 9 },
    };
    const cut = await guarded([to('long division')], [short]);
    expect(cut.move).toMatchObject({ kind: 'handoff', call: { arguments: { topic: 'lo… [cut]' } } });
    expect(argumentsIn(cut.move)).toEqual([{ topic: expect.stringMatching(/cut\]$/) }]);
  });

  test('is looked at only by those that name its tool, where they name tools', async () => {
    const { move } = await guarded([to(SECRET)], [{ ...noSecrets, tools: ['send'] }]);
    expect(move).toMatchObject({ kind: 'handoff', call: { arguments: { topic: SECRET } } });
  });

  test('does not show what other calls of its turn hold', async () => {
    const { move } = await guarded([to('sums'), { name: 'send', arguments: { text: SECRET } }], [noSecrets]);
    expect(move).toMatchObject({ kind: 'handoff', results: [{ status: 'completed' }, { status: 'failed' }] });
    expect(JSON.stringify(move)).not.toContain(SECRET);
  });
});
