import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Guardrail, newId } from '@troupe/contracts';
import { answer, type ScriptedModel, type ScriptedTurn } from '@troupe/testing';
import { Stage } from '../llm-worker.test-stage.js';

jest.setTimeout(90_000);

const verdict = answer('{"reason": "", "violates": false}');

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
  await stage.startWorker();
}, 60_000);
afterAll(() => stage?.close());

async function agentWith(guardrails: Guardrail[]): Promise<string> {
  const slug = `agent-${newId()}`;
  await stage.addAgent(slug, { guardrails });
  return slug;
}

function judge(name: string, script: ScriptedTurn[], mode: Guardrail['mode'] = 'blocking'): [Guardrail, ScriptedModel] {
  const model = stage.addModel(script);
  const check = { type: 'judge' as const, instructions: 'Homework.', model: model.id };
  return [{ name, on: ['input'], check, mode }, model];
}

const asked = async (model: ScriptedModel, times = 1) => {
  while (model.requests.length < times) await new Promise((resolve) => setTimeout(resolve, 20));
};

interface Row {
  attempt: number;
  purpose: string;
  outcome: string;
  input_tokens: number;
  estimated: boolean;
}

const ledger = (runId: string) =>
  stage.sql<Row>(
    `SELECT attempt, purpose, outcome, input_tokens, estimated FROM usage_ledger WHERE run_id = $1 ORDER BY attempt, call`,
    [runId],
  );

/** As when the worker dies now and another one takes the run over: to whoever had it, it is gone from one moment to the next. */
const workerDies = (runId: string) =>
  stage.sql(
    `UPDATE runs SET status = 'queued', attempt = attempt + 1, lost_attempts = lost_attempts || attempt, lease_owner = NULL,
      lease_until = NULL, next_wake_at = now() WHERE id = $1 AND status = 'running'`,
    [runId],
  );

/** What the run says it used, and the sum of what the ledger says of its calls. */
async function sums(runId: string): Promise<[number, number]> {
  const [row] = await stage.sql<{ run: number; ledger: number }>(
    `SELECT (input_tokens + output_tokens)::int AS run,
      (SELECT sum(input_tokens + output_tokens) FROM usage_ledger WHERE run_id = $1)::int AS ledger
    FROM runs WHERE id = $1`,
    [runId],
  );
  return [row?.run ?? -1, row?.ledger ?? -2];
}

describe('a judge that was asked by a worker that died', () => {
  test('before it answered has a row all the same, with what it was sent', async () => {
    const [homework, model] = judge('homework', [{ type: 'hang' }, verdict]);
    const { runId } = await stage.accept([answer('Hello')], { agent: await agentWith([homework]) });
    await asked(model);
    await workerDies(runId);
    await stage.ended(runId);
    const judged = (await ledger(runId)).filter(({ purpose }) => purpose === 'guardrail');
    expect(judged).toEqual([
      { attempt: 1, purpose: 'guardrail', outcome: 'abandoned', input_tokens: expect.any(Number), estimated: true },
      { attempt: 3, purpose: 'guardrail', outcome: 'completed', input_tokens: 10, estimated: false },
    ]);
    expect(judged[0]?.input_tokens).toBeGreaterThan(50);
    const [run, all] = await sums(runId);
    expect(run).toBe(all);
  });

  test('after it answered is billed what it took, and the other that still thought what it was sent', async () => {
    const [first, one] = judge('first', [verdict, verdict]);
    const [second, two] = judge('second', [{ type: 'hang' }, verdict]);
    const { runId } = await stage.accept([answer('Hello')], { agent: await agentWith([first, second]) });
    await asked(one);
    await asked(two);
    for (;;) {
      if ((await ledger(runId)).some(({ outcome }) => outcome === 'completed')) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await workerDies(runId);
    await stage.ended(runId);
    const judged = (await ledger(runId)).filter(({ purpose }) => purpose === 'guardrail');
    expect(judged.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
      [1, 'completed'],
      [1, 'abandoned'],
      [3, 'completed'],
      [3, 'completed'],
    ]);
    const [run, all] = await sums(runId);
    expect(run).toBe(all);
  });

  test('beside the model is counted beside the model’s own call', async () => {
    const [homework, model] = judge('homework', [{ type: 'hang' }, verdict], 'parallel');
    const { runId } = await stage.accept([{ type: 'hang' }, answer('Hello')], { agent: await agentWith([homework]) });
    await asked(model);
    await workerDies(runId);
    await stage.ended(runId);
    expect((await ledger(runId)).map(({ attempt, purpose }) => `${attempt} ${purpose}`).sort()).toEqual([
      '1 guardrail',
      '1 turn',
      '3 guardrail',
      '3 turn',
    ]);
    const [run, all] = await sums(runId);
    expect(run).toBe(all);
  });
});
