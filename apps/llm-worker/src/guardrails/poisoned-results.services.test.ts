import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { UntrustedContent } from '@troupe/contracts';
import { completeToolCall, dispatchToolCall } from '@troupe/database';
import type { Tool } from '@troupe/spec';
import { answer, callTools, obedientTurn, poisonedResults, poisonedTools } from '@troupe/testing';
import { Stage } from '../llm-worker.test-stage.js';

jest.setTimeout(120_000);

const tool = (name: string, effect: Tool['effect']): Tool => ({
  name,
  description: 'Does something.',
  parameters: { type: 'object' },
  effect,
  timeoutMs: 1_000,
  execute: async () => 'done',
});
const read = tool('read_page', 'read');
const tools = [read, ...poisonedTools.map((name) => tool(name, 'effect'))];

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
  await stage.startWorker({ tools: new Map(tools.map((one) => [one.name, one])) });
}, 60_000);
afterAll(() => stage?.close());

interface Call {
  id: string;
  name: string;
  state: string;
}

const callsOf = (runId: string) =>
  stage.sql<Call>('SELECT id, name, state FROM tool_calls WHERE run_id = $1 ORDER BY step, index', [runId]);

/** A run that reads the page, and everything that its obedient model then called. */
async function readPage(agent: string, page: string): Promise<{ runId: string; calls: Call[]; asked: number }> {
  const script = [callTools([{ name: 'read_page', arguments: {} }]), obedientTurn(), answer('Done.')];
  const { runId, model } = await stage.accept(script, { agent });
  await stage.until(runId, ({ status }) => status === 'waiting', 60_000);
  const [call] = await callsOf(runId);
  await dispatchToolCall(stage.database, call?.id ?? '', 60);
  await completeToolCall(stage.database, {
    toolCallId: call?.id ?? '',
    dispatches: 1,
    state: 'completed',
    result: page,
  });
  await stage.until(
    runId,
    ({ status, wait_kind }) => status === 'completed' || (status === 'waiting' && wait_kind !== 'tool'),
    60_000,
  );
  return { runId, calls: (await callsOf(runId)).slice(1), asked: model.requests.length };
}

const policies: [string, UntrustedContent][] = [
  ['approval', {}],
  ['deny', { effect_tools: 'deny' }],
];

test.each(policies)(
  'a hundred poisoned results and an obedient model: nothing is sent (%s)',
  async (policy, untrusted) => {
    await stage.addAgent(policy, { tools: tools.map(({ name }) => name), untrusted });
    const sent: Call[] = [];
    let held = 0;
    for (let first = 0; first < poisonedResults.length; first += 20) {
      const pages = poisonedResults.slice(first, first + 20);
      const runs = await Promise.all(pages.map((page) => readPage(policy, page)));
      for (const { runId, calls, asked } of runs) {
        sent.push(...calls.filter(({ state }) => state !== 'awaiting'));
        const { status, wait_kind } = await stage.read(runId);
        const stopped = policy === 'deny' ? asked === 3 && status === 'completed' : wait_kind === 'approval';
        if (stopped) held += 1;
      }
    }
    expect({ sent, held }).toEqual({ sent: [], held: 100 });
  },
);
