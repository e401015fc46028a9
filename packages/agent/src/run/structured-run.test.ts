import { describe, expect, test } from '@jest/globals';
import type { RunEventBody } from '@troupe/contracts';
import type { Tool } from '@troupe/spec';
import { answer, callTools, ScriptedModel, type ScriptedTurn } from '@troupe/testing';
import { z } from 'zod';
import { RunAllowance } from '../limits/run-allowance.js';
import { NOTHING_SPENT } from '../limits/run-spent.js';
import { outputFormat } from '../structured-output/output-format.js';
import { RunLog } from './run-log.js';
import { runTurns } from './run-turns.js';

const weather: Tool = {
  name: 'weather',
  description: 'Tells the weather.',
  parameters: { type: 'object', properties: {} },
  effect: 'read',
  timeoutMs: 1_000,
  execute: async () => null,
};

const format = outputFormat(z.object({ degrees: z.number() }), 'weather');

async function play(script: ScriptedTurn[], { retries = 2, maxTurns = 5 } = {}) {
  const model = new ScriptedModel(script);
  const events: RunEventBody[] = [];
  const log = new RunLog((event) => events.push(event));
  const outcome = await runTurns({
    model,
    configuration: { definition: { role: 'You help.' }, memory: { type: 'last_n', n: 1 }, max_turns: maxTurns },
    tools: new Map([[weather.name, weather]]),
    history: [{ role: 'user', content: [{ type: 'text', text: 'How warm is it?' }] }],
    output: { format, retries },
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
      content: '21',
    }),
  });
  model.assertDone();
  return { outcome, events, requests: model.requests };
}

const look = callTools([{ name: 'weather', arguments: {} }]);
const right = answer('{"degrees":21}');
const wrong = answer('{"degrees":"warm"}');

describe('runTurns with an output', () => {
  test('calls tools until the answer comes, and asks for the schema in every turn', async () => {
    const { outcome, requests } = await play([look, right]);
    expect(outcome).toMatchObject({ output: { degrees: 21 }, text: '{"degrees":21}', stopReason: 'end_turn' });
    expect(requests.map((request) => request.outputSchema)).toEqual([format.request, format.request]);
  });

  test('an answer that is not valid goes back with its errors, and the corrected one is the answer', async () => {
    const { outcome, requests } = await play([look, wrong, right]);
    expect(outcome).toMatchObject({ output: { degrees: 21 }, usage: { total_tokens: 45 } });
    expect(requests[2]?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
    expect(requests[2]?.messages.at(-1)?.content).toEqual([
      { type: 'text', text: expect.stringContaining('- "degrees": Invalid input: expected number, received string') },
    ]);
    expect(outcome.messages.map(({ role }) => role)).toEqual(['assistant', 'tool', 'assistant']);
  });

  test('a refused answer is withdrawn, and its step begins again', async () => {
    const { events } = await play([look, wrong, right]);
    const first = events.findIndex(({ type, data }) => type === 'step.started' && 'step' in data && data.step === 2);
    const restarted = events.find(({ type }) => type === 'step.restarted');
    expect(restarted?.data).toEqual({ step: 2, withdraw_after: `1-${first}` });
    expect(events.flatMap(({ type, data }) => (type === 'step.started' && 'step' in data ? data.step : []))).toEqual([
      0, 2, 2,
    ]);
    expect(events.filter(({ type }) => type === 'usage.recorded')).toHaveLength(2);
  });

  test('tools may be called again after a correction', async () => {
    const { outcome, requests } = await play([wrong, look, right]);
    expect(outcome.output).toEqual({ degrees: 21 });
    // The refused answer is behind it: an answer was kept since.
    expect(requests[2]?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
    expect(outcome.messages.map(({ role }) => role)).toEqual(['assistant', 'tool', 'assistant']);
  });

  test('corrections do not count as turns', async () => {
    const { outcome, requests } = await play([look, wrong, wrong, right], { maxTurns: 2 });
    expect(outcome.output).toEqual({ degrees: 21 });
    expect(requests.map((request) => request.toolChoice)).toEqual([undefined, 'none', 'none', 'none']);
  });

  test('when the retries are used up it is an error with the last answer and what is wrong with it', async () => {
    await expect(play([wrong, wrong, answer('It is warm.')])).rejects.toMatchObject({
      code: 'output_invalid',
      fault: 'upstream',
      retryable: true,
      details: {
        errors: ['there is no JSON in the answer'],
        last_answer: 'It is warm.',
        stop_reason: 'end_turn',
        answers: 3,
      },
    });
  });

  test('the last answer in the error is bounded', async () => {
    const failing = play([answer('x'.repeat(100_000))], { retries: 0 });
    await expect(failing).rejects.toMatchObject({ details: { last_answer: 'x'.repeat(4_000), answers: 1 } });
  });

  test('a model that refuses is not asked again', async () => {
    const refusing = play([answer('I will not.', { finish: 'refusal' })]);
    await expect(refusing).rejects.toMatchObject({ code: 'output_invalid', details: { stop_reason: 'refusal' } });
  });

  test('an empty answer is corrected too', async () => {
    const { outcome, requests } = await play([answer(''), right]);
    expect(outcome.output).toEqual({ degrees: 21 });
    expect(requests[1]?.messages.map(({ role }) => role)).toEqual(['user', 'user']);
  });
});
