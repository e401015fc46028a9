import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { RunLimits } from '@troupe/contracts';
import { answer, callTools, type ScriptedTurn } from '@troupe/testing';
import { Stage } from '../llm-worker.test-stage.js';
import { Company } from '../other-agents/other-agents.test-company.js';
import { callsOf, startSubruns } from './subruns.test-hands.js';

jest.setTimeout(90_000);

let stage: Stage;
let company: Company;

beforeEach(async () => {
  stage = await Stage.open();
  company = new Company(stage);
});

afterEach(() => stage.close());

/** Writes as much as it is allowed to, and no more than every model can. */
const greedy = (): ScriptedTurn => ({
  type: 'reply',
  reply: ({ settings }) => answer('x', { usage: { inputTokens: 1, outputTokens: settings?.max_tokens ?? 4_096 } }),
});

const ask = (times: number): ScriptedTurn =>
  callTools(
    Array.from({ length: times }, (_, index) => ({ name: 'ask_clerk', arguments: { input: `part ${index}` } })),
  );

async function spendAtOnce(times: number, limits: RunLimits, script: ScriptedTurn[] = [ask(times), answer('Done.')]) {
  await company.hire('boss', script, { agents: [{ agent: 'clerk' }], limits });
  await company.hire('clerk', Array.from({ length: 30 }, greedy));
  const { runId } = await company.ask('boss', 'Go');
  // Several workers, so that the runs are really advanced at once.
  for (let count = 0; count < 3; count += 1) await stage.startWorker({ models: company.models });
  for (;;) {
    const run = await stage.read(runId);
    if (run.finished_at !== null) return { run, runId };
    await startSubruns(stage, runId);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test.each([
  [2, 7_000],
  [5, 18_000],
  [8, 20_000],
])('%d agents at once take no more tokens together than the run has left', async (times, max_total_tokens) => {
  const { run, runId } = await spendAtOnce(times, { max_total_tokens });
  const used = await stage.sql<{ used: number }>(
    'SELECT (input_tokens + output_tokens)::int AS used FROM runs WHERE parent_run_id = $1',
    [runId],
  );
  expect(used).toHaveLength(times);
  const below = used.reduce((all, { used: one }) => all + one, 0);
  // The first turn of the run took 15; each of those below wrote all that it might.
  expect(below).toBeLessThanOrEqual(max_total_tokens - 15);
  expect(below).toBeGreaterThan(0.9 * max_total_tokens);
  expect(run.usage.total_tokens).toBeLessThanOrEqual(max_total_tokens);
});

test('requests of agents count for the run that calls them, and one is left for its own answer', async () => {
  const { run, runId } = await spendAtOnce(8, { max_requests: 6 });
  expect(run).toMatchObject({ status: 'completed' });
  expect((await stage.result(runId)).response).toBe('Done.');
  // One of its own, four of agents, and its answer.
  expect(company.model('clerk').requests).toHaveLength(4);
  const calls = await callsOf(stage, runId);
  expect(calls).toHaveLength(4);
  expect(JSON.stringify(company.model('boss').requests[1]?.messages)).toContain('is enough for 4 agents at once');
});

test('agents that are called one after the other find what those before them have left', async () => {
  const { run } = await spendAtOnce(1, { max_requests: 5 }, [ask(1), ask(1), ask(1), ask(1), answer('Done.')]);
  expect(company.model('clerk').requests.length + company.model('boss').requests.length).toBeLessThanOrEqual(5);
  expect(run.finished_at).not.toBeNull();
});
