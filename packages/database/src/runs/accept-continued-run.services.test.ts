import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId, TroupeError, textOf } from '@troupe/contracts';
import { createThread } from '../threads/write-threads.js';
import { acceptContinuedRun, type EarlierMessage } from './accept-continued-run.js';
import type { AcceptRunInput } from './accept-run-input.js';
import { Conversations } from './double-texting.test-harness.js';

let talk: Conversations;
beforeAll(async () => {
  talk = await Conversations.open();
});
afterAll(() => talk?.close());

const say = (role: EarlierMessage['role'], text: string): EarlierMessage => ({
  role,
  content: [{ type: 'text', text }],
});
const EARLIER = [say('system', 'Be brief.'), say('user', 'One'), say('assistant', 'Two')];

function accept(changes: Partial<AcceptRunInput> = {}) {
  const input: AcceptRunInput = {
    runId: newId(),
    tenantId: talk.tenantId,
    userId: 'ada',
    thread: { type: 'new' },
    agent: 'a',
    defaultAgent: 'a',
    model: null,
    defaultModel: 'demo/demo',
    content: [{ type: 'text', text: 'Three' }],
    deadlineSeconds: 900,
    idempotency: null,
    ...changes,
  };
  return acceptContinuedRun(talk.database, input, EARLIER);
}

/** What the first turn of a run reads. */
async function historyOf(runId: string): Promise<string[]> {
  const { history, thread } = await talk.claim(runId);
  expect(thread.messageCount).toBe(history.length);
  return history.map(({ role, content }) => `${role}: ${textOf(content)}`);
}

const TOLD = ['system: Be brief.', 'user: One', 'assistant: Two', 'user: Three'];

async function threads(): Promise<number> {
  const rows: unknown[] = await talk.database.dataSource.query('SELECT id FROM threads');
  return rows.length;
}

describe('a run that continues what was said elsewhere', () => {
  test.each<[string, () => Promise<AcceptRunInput['thread']>]>([
    ['a new thread', async () => ({ type: 'new' })],
    ['a thread of a new name', async () => ({ type: 'external_id', externalId: newId() })],
    [
      'an empty thread',
      async () => {
        const empty = { tenantId: talk.tenantId, userId: null, externalId: null, title: null, metadata: {} };
        return { type: 'id', id: (await createThread(talk.database, empty)).id };
      },
    ],
  ])('on %s reads all of it', async (_case, thread) => {
    const { runId } = await accept({ thread: await thread() });
    expect(await historyOf(runId)).toEqual(TOLD);
  });

  test('on a thread that has begun reads what the thread holds', async () => {
    const thread = { type: 'external_id' as const, externalId: newId() };
    const first = await accept({ thread });
    await talk.answer(await talk.claim(first.runId), 'Four');
    const second = await accept({ thread, content: [{ type: 'text', text: 'Five' }] });
    expect(second.threadId).toBe(first.threadId);
    expect(await historyOf(second.runId)).toEqual([...TOLD, 'assistant: Four', 'user: Five']);
  });

  test('is told once, however many begin the same thread at the same time', async () => {
    const thread = { type: 'external_id' as const, externalId: newId() };
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => accept({ thread })));
    const accepted = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(accepted).toHaveLength(1);
    expect(refused).toEqual(refused.map(() => expect.objectContaining({ code: 'thread_busy' })));
    expect(await historyOf(accepted[0]?.runId ?? '')).toEqual(TOLD);
  });

  test('that is refused leaves nothing behind', async () => {
    const before = await threads();
    const thread = { type: 'external_id' as const, externalId: newId() };
    await expect(accept({ agent: 'nobody' })).rejects.toBeInstanceOf(TroupeError);
    await expect(accept({ agent: 'nobody', thread })).rejects.toMatchObject({ code: 'agent_not_found' });
    expect(await threads()).toBe(before);
  });

  test('that was accepted before is that run, and no thread is made for it', async () => {
    const idempotency = { endpoint: 'e', key: newId(), requestHash: 'h' };
    const first = await accept({ idempotency });
    const before = await threads();
    const second = await accept({ idempotency });
    expect(second).toMatchObject({ replayed: true, runId: first.runId, threadId: first.threadId });
    expect(await threads()).toBe(before);
  });

  test("knows nothing of another tenant's thread", async () => {
    const { threadId } = await accept();
    await expect(accept({ tenantId: newId(), thread: { type: 'id', id: threadId } })).rejects.toMatchObject({
      code: 'thread_not_found',
    });
  });
});
