import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Stage, until } from '../tool-worker.test-stage.js';

jest.setTimeout(60_000);

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.close());

interface DelegatedCall {
  id: string;
  state: string;
  subrun_id: string | null;
  dispatches: number;
}

test('a call of an agent becomes one run that any llm-worker finds, and no worker holds the call', async () => {
  const runId = await stage.call({ name: 'ask_expert', effect: 'idempotent' });
  const [agent] = await stage.sql<{ id: string }>('SELECT id FROM agents', []);
  const delegate = { agent_id: agent?.id, agent: 'a', agent_version: 1, model: 'scripted/expert' };
  await stage.sql(`UPDATE tool_calls SET delegate = $2, arguments = '{"input": "2 + 2?"}' WHERE run_id = $1`, [
    runId,
    JSON.stringify(delegate),
  ]);
  await stage.startWorker([]);
  await stage.startWorker([]);
  const call = await until('the run below', async () => {
    const [found] = await stage.sql<DelegatedCall>(
      'SELECT id, state, subrun_id, dispatches FROM tool_calls WHERE run_id = $1 AND subrun_id IS NOT NULL',
      [runId],
    );
    return found;
  });
  expect(call).toMatchObject({ state: 'dispatched', dispatches: 1 });
  const subruns = await stage.sql(
    `SELECT runs.id, runs.status, runs.depth, runs.model, runs.parent_tool_call_id, messages.content
     FROM runs JOIN messages ON messages.id = runs.input_message_id WHERE parent_run_id = $1`,
    [runId],
  );
  expect(subruns).toEqual([
    {
      id: call.subrun_id,
      status: 'queued',
      depth: 1,
      model: 'scripted/expert',
      parent_tool_call_id: call.id,
      content: [{ type: 'text', text: '2 + 2?' }],
    },
  ]);
  expect((await stage.events(runId)).at(-1)).toMatchObject({
    type: 'subrun.started',
    data: { run_id: call.subrun_id },
  });
  // Workers look every two seconds at most; nothing is due, whatever its lease was.
  const other = await stage.call({ name: 'nothing', effect: 'read' });
  await until('a later look', async () => (await stage.calls(other)).some(({ state }) => state === 'failed'));
  const [after] = await stage.sql<DelegatedCall>('SELECT state, dispatches FROM tool_calls WHERE id = $1', [call.id]);
  expect(after).toEqual({ state: 'dispatched', dispatches: 1 });
});
