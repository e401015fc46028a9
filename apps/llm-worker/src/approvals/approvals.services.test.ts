import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AgentConfiguration, Approval, Run, RunEvent, RunOptions } from '@troupe/contracts';
import { completeToolCall, decideApproval, dispatchToolCall, listApprovals } from '@troupe/database';
import type { Tool } from '@troupe/spec';
import { answer, callTools, type ScriptedModel, type ScriptedTurn } from '@troupe/testing';
import { Stage } from '../llm-worker.test-stage.js';

const look: Tool = {
  name: 'look',
  description: 'Looks.',
  parameters: { type: 'object' },
  effect: 'read',
  timeoutMs: 1_000,
  execute: async () => 'seen',
};
const pay: Tool = {
  ...look,
  name: 'pay',
  parameters: { type: 'object', properties: { euros: { type: 'number' } } },
  effect: 'effect',
};
const mail: Tool = { ...pay, name: 'mail', needsApproval: async ({ euros }) => Number(euros) > 50 };
const broken: Tool = {
  ...pay,
  name: 'broken',
  needsApproval: async () => {
    throw new Error('no rates');
  },
};
const ask: Tool = { ...look, name: 'ask_user', asksUser: true };
const TOOLS = [look, pay, mail, broken, ask];

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
  await stage.startWorker({ tools: new Map(TOOLS.map((tool) => [tool.name, tool])) });
});
afterAll(() => stage?.close());

beforeEach(() => configure({}));

/** What the agent of the runs that are accepted next may do. */
async function configure(changes: Partial<AgentConfiguration>): Promise<void> {
  const tools = TOOLS.map(({ name }) => name);
  await stage.sql(
    `UPDATE agent_versions SET configuration = configuration - '{approvals,denied_tools,permission_mode,untrusted}'::text[]
      || $1::jsonb`,
    [JSON.stringify({ tools, ...changes })],
  );
}

interface AskedRun {
  run: Run;
  model: ScriptedModel;
  approvals: Approval[];
}

/** A run until it waits for tools or people, or has ended. */
async function parked(script: ScriptedTurn[], options: RunOptions = {}): Promise<AskedRun> {
  const { runId, model } = await stage.accept(script, options);
  const run = await stage.until(runId, ({ status }) => status === 'waiting' || status === 'completed');
  return { run, model, approvals: await approvalsOf(runId) };
}

async function approvalsOf(runId: string): Promise<Approval[]> {
  const filter = {
    tenantId: stage.tenantId,
    runId,
    state: null,
    kind: null,
    userId: null,
    agent: null,
    threadId: null,
  };
  return (await listApprovals(stage.database, filter, { before: null, limit: 100 })).reverse();
}

function decide(approval: Approval | undefined, state: 'approved' | 'rejected', outcome = {}) {
  if (!approval) throw new Error('There is no approval.');
  return decideApproval(stage.database, {
    tenantId: stage.tenantId,
    approvalId: approval.id,
    state,
    outcome,
    decidedBy: 'ada',
    call:
      state === 'approved'
        ? { do: 'send' }
        : { do: 'complete', status: 'failed', result: 'Error: Not run: not approved.' },
  });
}

/** Runs what may be sent of a run, as a tool-worker would. */
async function runTools(runId: string): Promise<void> {
  const calls = await stage.sql<{ id: string }>('SELECT id FROM tool_calls WHERE run_id = $1', [runId]);
  for (const { id } of calls) {
    const sent = await dispatchToolCall(stage.database, id, 60);
    if (!sent) continue;
    const outcome = { toolCallId: id, dispatches: sent.dispatches, state: 'completed', result: 'done' } as const;
    await completeToolCall(stage.database, outcome);
  }
}

const states = (runId: string) =>
  stage.sql<{ name: string; state: string }>('SELECT name, state FROM tool_calls WHERE run_id = $1 ORDER BY index', [
    runId,
  ]);

const told = (events: RunEvent[]) =>
  events.map((event) => ('kind' in event.data ? `${event.type} ${event.data.kind}` : event.type));

const paid = (euros: number) => ({ name: 'pay', arguments: { euros } });

describe('a turn whose calls need approval', () => {
  test('parks its run, tells its readers, and sends what needs none', async () => {
    const rule = {
      tools: ['pay'],
      when: { argument: 'euros', op: 'gt', value: 50 },
      roles: ['boss'],
      ask: 'Pay?',
    } as const;
    await configure({ approvals: [{ ...rule, tools: ['pay'], roles: ['boss'] }] });
    const { run, approvals } = await parked([callTools([paid(80), paid(20)])]);
    expect(run).toMatchObject({ status: 'waiting', wait_kind: 'tool' });
    expect(approvals).toMatchObject([
      { kind: 'tool', reason: 'rule', arguments: { euros: 80 }, question: 'Pay?', roles: ['boss'], state: 'pending' },
    ]);
    expect(await states(run.id)).toEqual([
      { name: 'pay', state: 'awaiting' },
      { name: 'pay', state: 'prepared' },
    ]);
    await runTools(run.id);
    expect(await stage.read(run.id)).toMatchObject({ wait_kind: 'approval' });
    const events = await stage.events(run.id);
    expect(told(events).slice(-6)).toEqual([
      'tool_call.requested',
      'approval.requested tool',
      'tool_call.requested',
      'run.waiting tool',
      'tool_call.completed',
      'run.waiting approval',
    ]);
    expect(events.find(({ type }) => type === 'approval.requested')?.data).toMatchObject({
      approval_id: approvals[0]?.id,
      tool_call_id: approvals[0]?.tool_call_id,
      roles: ['boss'],
    });
  });

  test('goes on when they are decided, also after every worker was replaced', async () => {
    await configure({ approvals: [{ tools: ['*'] }] });
    const { run, approvals, model } = await parked([callTools([paid(80), paid(20)]), answer('One is paid.')]);
    await stage.replaceWorkers({ tools: new Map(TOOLS.map((tool) => [tool.name, tool])) });
    await decide(approvals[0], 'approved');
    await decide(approvals[1], 'rejected');
    await runTools(run.id);
    expect(await stage.ended(run.id)).toMatchObject({ status: 'completed' });
    expect(model.requests.at(-1)?.messages.at(-1)?.content).toMatchObject([
      { status: 'completed', content: 'done' },
      { status: 'failed', content: expect.stringContaining('not approved') },
    ]);
  });

  test('asks where the tool says so, or fails to say', async () => {
    const calls = [80, 20].map((euros) => ({ name: 'mail', arguments: { euros } }));
    const { approvals } = await parked([callTools([...calls, { name: 'broken', arguments: {} }])]);
    expect(approvals.map(({ name, reason }) => [name, reason])).toEqual([
      ['mail', 'tool'],
      ['broken', 'tool'],
    ]);
  });

  test('asks a question of the agent, and refuses one that nobody could answer', async () => {
    const schema = { type: 'object', properties: { size: { type: 'integer' } } };
    const { run, approvals, model } = await parked([
      callTools([
        { name: 'ask_user', arguments: { question: 'Which size?', response_schema: schema } },
        { name: 'ask_user', arguments: { question: 'What?', response_schema: { type: 'nonsense' } } },
      ]),
      answer('Thanks.'),
    ]);
    expect(run).toMatchObject({ wait_kind: 'input' });
    expect(approvals).toMatchObject([{ kind: 'input', question: 'Which size?', response_schema: schema }]);
    await decideApproval(stage.database, {
      tenantId: stage.tenantId,
      approvalId: approvals[0]?.id ?? '',
      state: 'answered',
      outcome: { answer: { size: 40 } },
      decidedBy: null,
      call: { do: 'complete', status: 'completed', result: '{"size":40}' },
    });
    await stage.ended(run.id);
    expect(model.requests.at(-1)?.messages.at(-1)?.content).toMatchObject([
      { status: 'completed', content: '{"size":40}' },
      { status: 'failed', content: expect.stringContaining('Not asked:') },
    ]);
  });

  test('asks when text of strangers is in the conversation', async () => {
    await configure({ untrusted: {} });
    const { run, approvals } = await parked([callTools([{ name: 'look', arguments: {} }]), callTools([paid(1)])]);
    expect(approvals).toEqual([]);
    await runTools(run.id);
    await stage.until(run.id, ({ wait_kind, step }) => wait_kind === 'approval' && step === 3);
    expect(await approvalsOf(run.id)).toMatchObject([{ name: 'pay', reason: 'untrusted' }]);
  });
});

describe('a turn whose calls are not allowed', () => {
  test.each<[string, Partial<AgentConfiguration>, RunOptions, string]>([
    ['denied', { denied_tools: ['pay'] }, {}, 'pay is not allowed here.'],
    [
      'denied, whatever the mode',
      { denied_tools: ['effect'], permission_mode: 'bypass' },
      {},
      'pay is not allowed here.',
    ],
    ['planned only', { permission_mode: 'plan' }, {}, 'only plans'],
    ['planned only for this request', {}, { permission_mode: 'plan' }, 'only plans'],
  ])('tells the model of a call that is %s', async (_why, changes, options, message) => {
    await configure(changes);
    const { run, model, approvals } = await parked([callTools([paid(1)]), answer('I see.')], options);
    expect(await stage.ended(run.id)).toMatchObject({ status: 'completed' });
    expect(approvals).toEqual([]);
    expect(await states(run.id)).toEqual([]);
    expect(JSON.stringify(model.requests.at(-1)?.messages.at(-1))).toContain(message);
  });

  test('asks nobody in the mode that passes everything', async () => {
    await configure({ approvals: [{ tools: ['*'] }] });
    const { run, approvals } = await parked([callTools([paid(80)])], { permission_mode: 'bypass' });
    expect([run.wait_kind, approvals]).toEqual(['tool', []]);
  });
});

describe('a decision that holds for later calls', () => {
  test.each(['approved', 'rejected'] as const)('(%s) decides them without asking', async (state) => {
    await configure({ approvals: [{ tools: ['pay'] }] });
    const script = [callTools([paid(80)]), callTools([paid(90)]), answer('Done.')];
    const { run, approvals } = await parked(script);
    await decide(approvals[0], state, { sticky: 'run' });
    await runTools(run.id);
    if (state === 'approved') {
      await stage.until(run.id, ({ step, wait_kind }) => step === 3 && wait_kind === 'tool');
      await runTools(run.id);
    }
    expect(await stage.ended(run.id)).toMatchObject({ status: 'completed' });
    expect(await approvalsOf(run.id)).toHaveLength(1);
    expect((await states(run.id)).map((call) => call.state)).toEqual(
      state === 'approved' ? ['completed', 'completed'] : ['failed'],
    );
  });
});

describe('an approval that nobody decides', () => {
  test.each([
    ['reject', { status: 'completed' }],
    ['fail', { status: 'failed', stop_reason: 'approval_expired' }],
  ] as const)('is closed by a worker as its policy says: %s', async (on_expiry, end) => {
    await configure({ approvals: [{ tools: ['pay'], expires_in_seconds: 1, on_expiry }] });
    const { run, approvals } = await parked([callTools([paid(80)]), answer('Nobody was there.')]);
    expect(approvals).toMatchObject([{ on_expiry, state: 'pending' }]);
    expect(await stage.ended(run.id)).toMatchObject(end);
    expect(await approvalsOf(run.id)).toMatchObject([{ state: 'expired', decided_by: null }]);
  });
});
