import { describe, expect, test } from '@jest/globals';
import type { RunEventBody } from '@troupe/contracts';
import type { Tool } from '@troupe/spec';
import { answer, callTools, ScriptedModel, type ScriptedTurn } from '@troupe/testing';
import { RunAllowance } from '../limits/run-allowance.js';
import { NOTHING_SPENT } from '../limits/run-spent.js';
import { RunLog } from './run-log.js';
import { runTurns } from './run-turns.js';

const double: Tool = {
  name: 'double',
  description: 'Doubles a number.',
  parameters: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] },
  effect: 'read',
  timeoutMs: 1_000,
  execute: async () => null,
};

async function play(script: ScriptedTurn[], maxTurns = 5) {
  const model = new ScriptedModel(script);
  const events: RunEventBody[] = [];
  const log = new RunLog((event) => events.push(event));
  const outcome = await runTurns({
    model,
    configuration: { definition: { role: 'You count.' }, memory: { type: 'last_n', n: 20 }, max_turns: maxTurns },
    tools: new Map([[double.name, double]]),
    history: [{ role: 'user', content: [{ type: 'text', text: 'Double 2 and 3.' }] }],
    allowance: new RunAllowance(NOTHING_SPENT),
    signal: new AbortController().signal,
    log,
    newId: () => 'id',
    onEvent: log.tell,
    runTool: async ({ part }) => ({
      type: 'tool_result',
      tool_call_id: part.id,
      name: part.name,
      status: 'completed',
      content: String(Number(part.arguments.n) * 2),
    }),
  });
  model.assertDone();
  return { outcome, events, requests: model.requests };
}

const twoCalls = callTools([
  { name: 'double', arguments: { n: 2 } },
  { name: 'double', arguments: { n: 3 } },
]);

describe('runTurns', () => {
  test('runs tools and gives their results to the model until it answers', async () => {
    const { outcome, requests } = await play([twoCalls, answer('4 and 6')]);
    expect(outcome).toMatchObject({ text: '4 and 6', stopReason: 'end_turn', usage: { total_tokens: 30 } });
    expect(outcome.messages.map((message) => message.role)).toEqual(['assistant', 'tool', 'assistant']);
    expect(requests[1]?.messages.at(-1)?.content).toMatchObject([
      { tool_call_id: 'call_1', content: '4' },
      { tool_call_id: 'call_2', content: '6' },
    ]);
  });

  test('tells what happens as events of the run', async () => {
    const { events } = await play([twoCalls, answer('4 and 6')]);
    expect(events.map((event) => event.type)).toEqual([
      'step.started',
      'usage.recorded',
      'message.completed',
      'tool_call.requested',
      'tool_call.requested',
      'tool_call.completed',
      'tool_call.completed',
      'step.started',
      'text.delta',
      'text.delta',
      'text.delta',
      'usage.recorded',
      'message.completed',
    ]);
  });

  test('a rejected call is answered beside the ones that ran, in the order of the calls', async () => {
    const calls = callTools([
      { name: 'triple', arguments: {} },
      { name: 'double', arguments: { n: 3 } },
    ]);
    const { requests } = await play([calls, answer('6')]);
    expect(requests[1]?.messages.at(-1)?.content).toMatchObject([
      { tool_call_id: 'call_1', status: 'failed' },
      { tool_call_id: 'call_2', status: 'completed' },
    ]);
  });

  test('ends at the turn limit, having told the model that there are no tools any more', async () => {
    const { outcome, requests } = await play([twoCalls, twoCalls], 2);
    expect(outcome.stopReason).toBe('max_turns');
    expect(requests.map((request) => request.toolChoice)).toEqual([undefined, 'none']);
  });
});
