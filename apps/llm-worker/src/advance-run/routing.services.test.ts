import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type AgentConfiguration,
  type Budget,
  type ModelId,
  newId,
  type RunOptions,
  TroupeError,
} from '@troupe/contracts';
import { acceptRun, changeBudget, createAgent, createBudget, listSteps } from '@troupe/database';
import { connectForWorkers, llmQueue, ring } from '@troupe/queues';
import type { ModelCatalog } from '@troupe/spec';
import { answer, callTools, ScriptedModel, type ScriptedTurn } from '@troupe/testing';
import { Queue } from 'bullmq';
import { Stage } from '../llm-worker.test-stage.js';

let stage: Stage;
let queue: Queue;
let budget: Budget;
const models = new Map<ModelId, ScriptedModel>();
const catalog: ModelCatalog = {
  defaultModel: 'scripted/none',
  resolve: (id) => {
    const model = models.get(id);
    if (model) return model;
    throw new TroupeError({ code: 'model_not_found', fault: 'caller', message: `There is no model ${id}.` });
  },
  list: async () => [],
};

beforeAll(async () => {
  stage = await Stage.open();
  queue = new Queue(llmQueue.name, { connection: stage.connect(connectForWorkers) });
  const { database, tenantId } = stage;
  // Before the worker looks who has budgets, which it does every few seconds.
  budget = await createBudget(database, tenantId, {
    scope: 'tenant',
    period: 'total',
    limit_usd: 9,
    unpriced: 'allow',
  });
  await stage.startWorker({ models: catalog });
});

afterAll(async () => {
  await queue?.close();
  await stage?.close();
});

const overloaded: ScriptedTurn = {
  type: 'error',
  error: new TroupeError({ code: 'provider_overloaded', fault: 'upstream', message: 'Too much.', retryable: true }),
};
/** A turn that needs another one after it, and no tool: the call is answered at once. */
const oneMore = callTools([{ name: 'no_such_tool', arguments: {} }]);

function model(...script: ScriptedTurn[]): ScriptedModel {
  const made = new ScriptedModel(script, { id: `scripted/${newId()}` });
  models.set(made.id, made);
  return made;
}

interface Asked {
  message?: string;
  model?: ModelId;
  options?: RunOptions;
  /** Attempts whose workers died in the middle of their call. */
  lost?: number[];
}

/** Runs an agent to its end. */
async function run(
  changes: Partial<AgentConfiguration>,
  { message = 'Hello', model: named, options, lost }: Asked = {},
) {
  const slug = `a${newId()}`;
  const configuration: AgentConfiguration = {
    name: 'A',
    definition: { role: 'You help.' },
    tools: ['calculate'],
    memory: { type: 'last_n', n: 20 },
    max_turns: 5,
    ...changes,
  };
  const { tenantId, database } = stage;
  await createAgent(database, { tenantId, slug, configuration, historyLimit: 50 });
  const { runId } = await acceptRun(database, {
    runId: newId(),
    tenantId,
    userId: null,
    thread: { type: 'new' },
    agent: slug,
    defaultAgent: slug,
    model: named ?? null,
    defaultModel: 'scripted/none',
    content: [{ type: 'text', text: message }],
    deadlineSeconds: 600,
    ...(options && { options }),
    idempotency: null,
  });
  if (lost)
    await stage.sql('UPDATE runs SET attempt = $2, lost_attempts = $3 WHERE id = $1', [runId, lost.length, lost]);
  const onError = (error: unknown) => {
    throw error;
  };
  await ring(queue, llmQueue, 'advance-run', { run_id: runId, step: 0, dispatch: 1 }, { onError });
  const ended = await stage.ended(runId);
  const started = (await stage.events(runId)).flatMap((event) => (event.type === 'step.started' ? [event.data] : []));
  return { runId, ended, started, steps: await listSteps(database, tenantId, runId) };
}

describe('a run of an agent with tiers', () => {
  test('asks the model that its rules choose, and its steps say why', async () => {
    const [simple, complex] = [model(answer('Short.')), model(answer('Long.'))];
    const routing = {
      tiers: { simple: simple.id, complex: complex.id },
      default: 'simple',
      rules: [{ when: { min_input_tokens: 1_000 }, use: 'complex' }],
    };
    const long = await run({ model: simple.id, routing }, { message: 'x'.repeat(4_000) });
    expect(long.steps).toMatchObject([{ model: complex.id }]);
    expect(long.steps[0]?.route).toEqual({
      tier: 'complex',
      rule: 0,
      reason: 'rule',
      tried: [{ model: complex.id, outcome: 'completed' }],
    });
    expect(long.started).toEqual([{ step: 0, model: complex.id }]);

    const short = await run({ model: simple.id, routing });
    expect(short.steps[0]?.route).toMatchObject({ tier: 'simple', rule: null, reason: 'default_tier' });
    expect(short.started).toEqual([{ step: 0 }]);
    for (const asked of [simple, complex]) asked.assertDone();
  });

  test('keeps the model that answered, fallbacks too, until it fails', async () => {
    const preferred = model(overloaded, answer('Done.'));
    const fallback = model(oneMore, oneMore, overloaded);
    const routing = { tiers: { simple: preferred.id }, default: 'simple' };
    const { ended, steps, started } = await run({ routing, model: preferred.id, fallback_models: [fallback.id] });
    expect(ended.status).toBe('completed');
    expect(steps.map((step) => step.model)).toEqual([fallback.id, fallback.id, preferred.id]);
    expect(steps.map(({ route }) => route)).toMatchObject([
      { tier: 'simple', reason: 'default_tier', tried: [{ outcome: 'provider_overloaded' }, { outcome: 'completed' }] },
      { tier: 'simple', reason: 'kept', tried: [{ model: fallback.id }] },
      {
        tier: 'simple',
        reason: 'kept',
        tried: [{ model: fallback.id }, { model: preferred.id, outcome: 'completed' }],
      },
    ]);
    expect(started.map((data) => data.model)).toEqual([undefined, fallback.id, fallback.id]);
  });

  test('changes models on its way where a rule of turns says so', async () => {
    const [simple, complex] = [model(oneMore), model(oneMore, answer('Done.'))];
    const tiers = { simple: simple.id, complex: complex.id };
    const routing = { tiers, default: 'simple', rules: [{ when: { min_turn: 2 }, use: 'complex' }] };
    const { steps } = await run({ routing });
    expect(steps.map(({ route }) => route)).toMatchObject([
      { tier: 'simple', reason: 'default_tier' },
      { tier: 'complex', rule: 0, reason: 'rule' },
      { tier: 'complex', rule: null, reason: 'kept' },
    ]);
    for (const asked of [simple, complex]) asked.assertDone();
  });

  test('asks what its request names: a tier, or before that a model', async () => {
    const [simple, complex, named] = [model(), model(answer('Thought.')), model(answer('Named.'))];
    const routing = { tiers: { simple: simple.id, complex: complex.id }, default: 'simple' };
    const ofTier = await run({ routing }, { options: { tier: 'complex' } });
    expect(ofTier.steps[0]).toMatchObject({ model: complex.id, route: { tier: 'complex', reason: 'request_tier' } });
    const ofModel = await run({ routing }, { model: named.id, options: { model: named.id, tier: 'complex' } });
    expect(ofModel.steps[0]).toMatchObject({ model: named.id, route: { tier: null, reason: 'request_model' } });
  });

  test('fails with a reason when the tier of its request is not there any more', async () => {
    const { ended } = await run({ routing: { tiers: { simple: model().id } } }, { options: { tier: 'complex' } });
    expect(ended).toMatchObject({ status: 'failed', error: { code: 'invalid_request' } });
    expect(ended.error?.message).toContain('There is no tier "complex".');
  });

  test('goes by what the budgets of its tenant have left', async () => {
    const [cheap, dear] = [model(answer('Cheap.')), model(answer('Dear.'))];
    const routing = {
      tiers: { cheap: cheap.id, dear: dear.id },
      default: 'dear',
      rules: [{ when: { budget_below_usd: 5 }, use: 'cheap' }],
    };
    expect((await run({ routing })).steps[0]?.route).toMatchObject({ tier: 'dear' });
    await changeBudget(stage.database, { tenantId: stage.tenantId, id: budget.id }, { limit_usd: 4 });
    expect((await run({ routing })).steps[0]?.route).toMatchObject({ tier: 'cheap', rule: 0 });
  });

  test('accounts for a lost call by the model that was chosen', async () => {
    const complex = model(answer('Again.'));
    const { runId } = await run({ routing: { tiers: { complex: complex.id }, default: 'complex' } }, { lost: [1] });
    const rows = await stage.sql<{ model: string; outcome: string }>(
      'SELECT model, outcome FROM usage_ledger WHERE run_id = $1 ORDER BY attempt',
      [runId],
    );
    const name = complex.id.slice('scripted/'.length);
    expect(rows.map((row) => row.model)).toEqual([name, name]);
  });
});

describe('a run of an agent without tiers', () => {
  test('has nothing to say of its one model', async () => {
    const only = model(oneMore, answer('Done.'));
    const { steps } = await run({ model: only.id });
    expect(steps.map(({ route }) => route)).toEqual([null, null]);
  });

  test('keeps a fallback that answered', async () => {
    const preferred = model(overloaded);
    const fallback = model(oneMore, answer('Done.'));
    const { steps } = await run({ model: preferred.id, fallback_models: [fallback.id] });
    expect(steps.map(({ route }) => route)).toMatchObject([
      { tier: null, reason: 'agent_model', tried: [{ model: preferred.id }, { model: fallback.id }] },
      { tier: null, reason: 'kept', tried: [{ model: fallback.id }] },
    ]);
  });
});
