import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EffectClass } from '@troupe/contracts';
import { endParkedRun } from '../runs/cancel-run.js';
import { Conversations } from '../runs/double-texting.test-harness.js';
import { dispatchToolCall, findDueToolCalls } from './dispatch-tool-call.js';
import { handBackToolCall } from './hand-back-tool-call.js';

let talk: Conversations;
beforeAll(async () => {
  talk = await Conversations.open();
});
afterAll(() => talk?.close());

/** A call that nobody has sent yet. */
async function prepared(effect: EffectClass): Promise<string> {
  const { runId } = await talk.send('Hello');
  await talk.callTool(await talk.claim(runId), effect);
  const [call] = await talk.database.dataSource.query('SELECT id FROM tool_calls WHERE run_id = $1', [runId]);
  return call.id;
}

/** A call that was sent, with a lease of so many seconds. */
async function sent(effect: EffectClass, leaseSeconds: number): Promise<{ id: string; dispatches: number }> {
  const dispatched = await dispatchToolCall(talk.database, await prepared(effect), leaseSeconds);
  if (!dispatched) throw new Error('The call could not be sent.');
  return dispatched;
}

const due = async (id: string) => (await findDueToolCalls(talk.database, 1_000)).find((call) => call.id === id);

test('a call whose bell was lost is found once it could have been heard', async () => {
  const id = await prepared('effect');
  expect(await due(id)).toBeUndefined();
  await talk.database.dataSource.query(`UPDATE tool_calls SET lease_until = now() WHERE id = $1`, [id]);
  expect(await due(id)).toMatchObject({ todo: 'send' });
});

test.each(['read', 'idempotent'] as const)('a call of class %s is sent again when its worker died', async (effect) => {
  const { id } = await sent(effect, -1);
  expect(await due(id)).toMatchObject({ todo: 'send' });
  expect(await dispatchToolCall(talk.database, id, 60)).toMatchObject({ dispatches: 2, effect });
});

test('a call of class effect is sent once, whoever dies and however often its bell rings', async () => {
  const { id } = await sent('effect', -1);
  const rings = Array.from({ length: 5 }, () => dispatchToolCall(talk.database, id, 60));
  expect((await Promise.all(rings)).filter(Boolean)).toEqual([]);
  expect(await due(id)).toMatchObject({ dispatches: 1, todo: 'unknown' });
});

test('a call of class effect is not handed back by a worker that stops, other calls are', async () => {
  const [pay, look] = [await sent('effect', 60), await sent('read', 60)];
  expect(await handBackToolCall(talk.database, pay)).toBeUndefined();
  expect(await dispatchToolCall(talk.database, pay.id, 60)).toBeUndefined();
  expect(await handBackToolCall(talk.database, look)).toBeDefined();
  expect(await dispatchToolCall(talk.database, look.id, 60)).toMatchObject({ dispatches: 2 });
});

describe('when its run ends, a call', () => {
  const stateOf = async (id: string): Promise<string> => {
    const sql = talk.database.dataSource;
    const [call] = await sql.query('SELECT state, run_id FROM tool_calls WHERE id = $1', [id]);
    return call.state;
  };
  const end = async (id: string) => {
    const sql = talk.database.dataSource;
    const [call] = await sql.query('SELECT run_id FROM tool_calls WHERE id = $1', [id]);
    await endParkedRun(talk.database, call.run_id, 'expired', null);
  };

  test.each(['read', 'idempotent', 'effect'] as const)(
    'of class %s that was never sent is cancelled',
    async (effect) => {
      const id = await prepared(effect);
      await end(id);
      expect(await stateOf(id)).toBe('cancelled');
    },
  );

  test('that was sent and changes something is unknown, whoever finds it', async () => {
    const [found, handedBack] = [await sent('idempotent', -1), await sent('idempotent', 60)];
    await handBackToolCall(talk.database, handedBack);
    for (const { id } of [found, handedBack]) await end(id);
    expect(await due(found.id)).toMatchObject({ todo: 'unknown' });
    expect(await stateOf(handedBack.id)).toBe('unknown');
  });

  test('that was sent and only reads is cancelled', async () => {
    const { id } = await sent('read', -1);
    await end(id);
    expect(await due(id)).toMatchObject({ todo: 'cancelled' });
  });
});
