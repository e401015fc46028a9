import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { MAX_EVENT_OUTPUT, RunTranscriptFold } from '@troupe/contracts';
import { claimRun } from '@troupe/database';
import { answer, callTools } from '@troupe/testing';
import { Stage } from '../llm-worker.test-stage.js';

jest.setTimeout(60_000);

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
  await stage.startWorker();
});
afterAll(() => stage.close());

const output_schema = {
  type: 'object',
  properties: { degrees: { type: 'number' } },
  required: ['degrees'],
  additionalProperties: false,
};
const right = answer('It is {"degrees": 21}.');
const wrong = answer('{"degrees":"warm"}');

async function transcript(runId: string) {
  const fold = new RunTranscriptFold();
  const events = await stage.events(runId);
  for (const event of events) fold.add(event);
  return { ...fold.transcript, events };
}

const endLease = (runId: string) =>
  stage.sql(`UPDATE runs SET lease_until = now() - interval '1 second' WHERE id = $1`, [runId]);

describe('a run with an output schema', () => {
  test('stores the validated answer, and its last event tells it', async () => {
    const { runId, model } = await stage.accept([right], { output_schema, output_name: 'weather' });
    expect(await stage.ended(runId)).toMatchObject({ status: 'completed', stop_reason: 'end_turn' });
    expect(await stage.result(runId)).toMatchObject({ response: 'It is {"degrees": 21}.', output: { degrees: 21 } });
    expect(await transcript(runId)).toMatchObject({ output: { degrees: 21 }, text: 'It is {"degrees": 21}.' });
    expect(model.requests[0]?.outputSchema).toEqual({ name: 'weather', schema: output_schema });
  });

  test('an answer that is not valid is withdrawn, corrected, and paid; the thread never sees it', async () => {
    const { runId, model } = await stage.accept([wrong, right], { output_schema });
    const run = await stage.ended(runId);
    expect(run).toMatchObject({ status: 'completed', step: 1, usage: { input_tokens: 20, output_tokens: 10 } });
    expect(await stage.result(runId)).toMatchObject({ output: { degrees: 21 } });
    const told = await transcript(runId);
    expect(told).toMatchObject({ text: 'It is {"degrees": 21}.', usage: run.usage });
    expect(told.events.filter(({ type }) => type === 'step.restarted')).toHaveLength(1);
    expect(await stage.ledger(runId)).toMatchObject([
      { attempt: 1, outcome: 'completed' },
      { attempt: 2, outcome: 'completed' },
    ]);
    const shown = model.requests[1]?.messages ?? [];
    expect(shown.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(shown[2]?.content).toEqual([{ type: 'text', text: expect.stringContaining('"degrees" must be number') }]);
    expect(await stage.sql('SELECT role FROM messages WHERE thread_id = $1 ORDER BY id', [run.thread_id])).toEqual([
      { role: 'user' },
      { role: 'assistant' },
    ]);
  });

  test('fails with the last answer and its errors when the retries are used up', async () => {
    const { runId, model } = await stage.accept([wrong, answer('Warm.')], { output_schema, output_retries: 1 });
    const run = await stage.ended(runId);
    expect(run).toMatchObject({
      status: 'failed',
      stop_reason: 'output_invalid',
      error: {
        code: 'output_invalid',
        fault: 'upstream',
        retryable: true,
        details: { errors: ['there is no JSON in the answer'], last_answer: 'Warm.', answers: 2 },
      },
      usage: { total_tokens: 30 },
    });
    model.assertDone();
    expect((await transcript(runId)).error).toEqual(run.error);
  });

  test('a refusal is not asked again', async () => {
    const { runId } = await stage.accept([answer('I will not.', { finish: 'refusal' })], { output_schema });
    expect(await stage.ended(runId)).toMatchObject({
      status: 'failed',
      error: { code: 'output_invalid', details: { stop_reason: 'refusal', answers: 1 } },
    });
  });

  test('a correction survives the death of the worker that asked for it', async () => {
    const hanging = { type: 'hang' as const, after: [{ type: 'text.delta' as const, delta: '{"deg' }] };
    const { runId, model } = await stage.accept([wrong, hanging, wrong, right], { output_schema });
    while (model.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    await endLease(runId);
    expect(await claimRun(stage.database, runId, 'dies at once', 0.5)).toMatchObject({
      refused: { count: 1, step: 0 },
    });
    const run = await stage.ended(runId);
    expect(run).toMatchObject({ status: 'completed' });
    expect(await stage.result(runId)).toMatchObject({ output: { degrees: 21 } });
    model.assertDone();
    expect(model.requests.map(({ messages }) => messages.length)).toEqual([1, 3, 3, 5]);
    expect((await stage.ledger(runId)).map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
      [1, 'completed'],
      [2, 'abandoned'],
      [3, 'abandoned'],
      [4, 'completed'],
      [5, 'completed'],
    ]);
  });

  test('a value that is no object is asked for in an envelope, and null is a value', async () => {
    const { runId, model } = await stage.accept([answer('{"value":null}')], {
      output_schema: { type: ['null', 'string'] },
    });
    await stage.ended(runId);
    expect(model.requests[0]?.outputSchema?.schema).toMatchObject({ required: ['value'] });
    expect(await stage.result(runId)).toHaveProperty('output', null);
    const plain = await stage.accept([answer('Hi')]);
    await stage.ended(plain.runId);
    expect(await stage.result(plain.runId)).not.toHaveProperty('output');
  });

  test('a long value is left to who reads the run', async () => {
    const degrees = 'x'.repeat(MAX_EVENT_OUTPUT);
    const { runId } = await stage.accept([answer(JSON.stringify({ degrees }))], { output_schema: { type: 'object' } });
    await stage.ended(runId);
    expect(await stage.result(runId)).toHaveProperty('output', { degrees });
    expect((await stage.events(runId)).at(-1)?.data).not.toHaveProperty('output');
  });

  test('a schema that takes for ever to check fails the run', async () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [
        `d${n}`,
        { allOf: [{ $ref: `#/$defs/d${n + 1}` }, { $ref: `#/$defs/d${n + 1}` }] },
      ]),
    );
    const forever = { $defs: { ...$defs, d40: { type: 'object' } }, $ref: '#/$defs/d0' };
    const { runId } = await stage.accept([answer('{}')], { output_schema: forever });
    expect(await stage.ended(runId)).toMatchObject({
      status: 'failed',
      stop_reason: 'output_invalid',
      error: { code: 'output_invalid', fault: 'caller', retryable: false },
    });
  });
});

describe('limits of a run', () => {
  const call = callTools([{ name: 'calculate', arguments: { expression: '2+2' } }]);

  test('the last permitted request has no tools, and calls in it end the run', async () => {
    const { runId, model } = await stage.accept([call], { limits: { max_requests: 1 } });
    expect(await stage.ended(runId)).toMatchObject({ status: 'completed', stop_reason: 'usage_limit' });
    expect(model.requests[0]?.toolChoice).toBe('none');
  });

  test('requests of corrections count, and one too many is an error', async () => {
    const { runId, model } = await stage.accept([wrong, wrong], { output_schema, limits: { max_requests: 2 } });
    expect(await stage.ended(runId)).toMatchObject({
      status: 'failed',
      stop_reason: 'usage_limit',
      error: { code: 'run_limit_exceeded', details: { limit: 'max_requests', allowed: 2, used: 2 } },
    });
    model.assertDone();
  });

  test('output is bounded by what is left', async () => {
    const { runId, model } = await stage.accept([wrong, right], { output_schema, limits: { max_output_tokens: 50 } });
    await stage.ended(runId);
    expect(model.requests.map(({ settings }) => settings?.max_tokens)).toEqual([50, 45]);
  });

  test('the lower number of turns holds', async () => {
    const { runId } = await stage.accept([call], { limits: { max_turns: 1 } });
    expect(await stage.ended(runId)).toMatchObject({ status: 'completed', stop_reason: 'max_turns' });
  });

  test('money cannot be limited where nobody knows the price', async () => {
    const { runId, model } = await stage.accept([], { limits: { max_cost_usd: 1 } });
    expect(await stage.ended(runId)).toMatchObject({
      status: 'failed',
      stop_reason: 'budget',
      error: { code: 'budget_exceeded', message: expect.stringContaining('nobody knows') },
    });
    expect(model.requests).toEqual([]);
  });
});

describe('the choice of tools', () => {
  test('a request may force a tool, or none', async () => {
    const forced = await stage.accept([answer('Hi')], { tool_choice: { tool: 'calculate' } });
    await stage.ended(forced.runId);
    expect(forced.model.requests[0]?.toolChoice).toEqual({ name: 'calculate' });
    const none = await stage.accept([answer('Hi')], { tool_choice: 'none' });
    await stage.ended(none.runId);
    expect(none.model.requests[0]?.toolChoice).toBe('none');
  });
});
