import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@troupe/contracts';
import { acceptRun, Database, ensureTenant, listMessages, setFact } from '@troupe/database';
import {
  answer,
  createTestDatabase,
  ScriptedModel,
  type ScriptedTurn,
  startTcpProxy,
  type TestDatabase,
} from '@troupe/testing';
import { Agent } from '../agent.js';
import { connectPostgres, type PostgresStores } from '../postgres.js';

let server: TestDatabase;
/** As two processes have them. */
let stores: [PostgresStores, PostgresStores];
/** As a server has it. */
let database: Database;
let tenantId: string;

beforeAll(async () => {
  server = await createTestDatabase();
  const options = { connectionString: server.url, migrate: true };
  stores = await Promise.all([connectPostgres(options), connectPostgres(options)]);
  database = await Database.connect({
    url: server.url,
    poolSize: 2,
    applicationName: 'test',
    onConnectionError: () => undefined,
  });
  tenantId = await ensureTenant(database, 'default');
});

afterAll(async () => {
  await Promise.all(stores.map((one) => one.close()));
  await database.close();
  await server.drop();
});

function agentOf(own: PostgresStores, script: ScriptedTurn[], threadId?: string) {
  const model = new ScriptedModel(script);
  return { model, agent: new Agent({ role: 'You help.', model, retries: 0, stores: own, threadId, userId: 'ann' }) };
}

/** A message that a server takes for the thread. */
function acceptOnServer(threadId: string) {
  return acceptRun(database, {
    runId: newId(),
    tenantId,
    userId: 'ann',
    thread: { type: 'id', id: threadId },
    agent: 'cook',
    defaultAgent: 'cook',
    model: null,
    defaultModel: 'demo/echo',
    content: [{ type: 'text', text: 'From the server' }],
    deadlineSeconds: 600,
    idempotency: null,
  });
}

/** Answers when it is told to. */
function held(text: string) {
  const asked = Promise.withResolvers<void>();
  const told = Promise.withResolvers<void>();
  const model = new ScriptedModel([answer(text)]);
  const stream = model.stream.bind(model);
  model.stream = async function* (request, options) {
    asked.resolve();
    await told.promise;
    yield* stream(request, options);
  };
  return { model, asked: asked.promise, tell: told.resolve };
}

describe('a library and a server on one database', () => {
  test('a thread survives the process, and a server reads it', async () => {
    const { agent: first } = agentOf(stores[0], [answer('Hello Ann')]);
    await first.chat('I am Ann.');
    const { agent: second, model } = agentOf(stores[1], [answer('Ann')], first.threadId);
    expect(await second.chat('Who am I?')).toBe('Ann');
    expect(model.requests[0]?.messages).toHaveLength(3);
    const page = { cursor: null, limit: 10, order: 'asc' as const };
    const rows = await listMessages(database, { tenantId, threadId: first.threadId }, page);
    expect(rows.map(({ role, model: by }) => [role, by])).toEqual([
      ['user', null],
      ['assistant', 'scripted/model'],
      ['user', null],
      ['assistant', 'scripted/model'],
    ]);
  });

  test('of two processes on one thread one wins, and the other does not even ask its model', async () => {
    const { id: threadId } = await stores[0].threads.create({ userId: 'ann' });
    const { model, asked, tell } = held('First');
    const first = new Agent({ role: 'You help.', model, stores: stores[0], threadId, userId: 'ann' });
    const answering = first.chat('Hi');
    await asked;
    const { agent: second, model: other } = agentOf(stores[1], [answer('Second')], threadId);
    await expect(second.chat('Hi')).rejects.toMatchObject({ code: 'thread_busy', fault: 'caller', retryable: true });
    expect(other.requests).toEqual([]);
    tell();
    expect(await answering).toBe('First');
    expect(await second.chat('Hi')).toBe('Second');
    expect(await stores[0].threads.get(threadId)).toMatchObject({ message_count: 4 });
  });

  test('a process that is gone holds no thread', async () => {
    const gone = await connectPostgres({ connectionString: server.url });
    const { id: threadId } = await gone.threads.create({ userId: 'ann' });
    await gone.threads.begin(threadId, 10);
    await expect(stores[0].threads.begin(threadId, 10)).rejects.toMatchObject({ code: 'thread_busy' });
    await gone.close();
    const { agent } = agentOf(stores[0], [answer('Here')], threadId);
    expect(await agent.chat('Hi')).toBe('Here');
  });

  test('a connection that breaks loses its holds, and still only one of two writes', async () => {
    const { id: threadId } = await stores[0].threads.create({ userId: 'ann' });
    const first = await stores[0].threads.begin(threadId, 10);
    await database.dataSource.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'thread-holds'`,
    );
    const message = { role: 'user' as const, content: [{ type: 'text' as const, text: 'Mine' }] };
    let second: Awaited<ReturnType<PostgresStores['threads']['begin']>> | undefined;
    // The client hears of the end of its connection a little later.
    for (const deadline = Date.now() + 20_000; !second; ) {
      second = await stores[1].threads.begin(threadId, 10).catch((error: unknown) => {
        if (Date.now() > deadline) throw error;
        return undefined;
      });
    }
    await second.append([message]);
    await second.end();
    await expect(first.append([message])).rejects.toMatchObject({ code: 'thread_busy' });
    await first.end();
    expect(await stores[0].threads.get(threadId)).toMatchObject({ message_count: 1 });
    // And the first process can hold threads again.
    await (await stores[0].threads.begin(threadId, 10)).end();
  });

  test('a server that takes a message meanwhile wins; while it works the thread is busy for the library', async () => {
    await stores[0].agents.create('cook', { name: 'Cook', definition: { role: 'You cook.' } });
    const { id: threadId } = await stores[0].threads.create({ userId: 'ann' });
    const { model, asked, tell } = held('Too late');
    const agent = new Agent({ role: 'You help.', model, stores: stores[0], threadId, userId: 'ann' });
    const answering = agent.chat('Hi');
    await asked;
    const accepted = await acceptOnServer(threadId);
    expect(accepted).toMatchObject({ threadId, agent: 'cook', wait: null });
    tell();
    await expect(answering).rejects.toMatchObject({ code: 'thread_busy' });
    expect(await stores[0].threads.get(threadId)).toMatchObject({ message_count: 1 });
    const { agent: next } = agentOf(stores[1], [], threadId);
    await expect(next.chat('Hi')).rejects.toMatchObject({
      code: 'thread_busy',
      details: { run_id: accepted.runId },
    });
  });

  test('a thread that was deleted meanwhile is not found', async () => {
    const { id: threadId } = await stores[0].threads.create();
    const exchange = await stores[0].threads.begin(threadId, 10);
    await database.dataSource.query('DELETE FROM threads WHERE id = $1', [threadId]);
    const append = exchange.append([{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }]);
    await expect(append).rejects.toMatchObject({ code: 'thread_not_found' });
    await exchange.end();
  });

  test('a connection that goes silent takes no lock with it', async () => {
    const proxy = await startTcpProxy(server.url);
    const far = await connectPostgres({ connectionString: proxy.url });
    const [first, second] = [await far.threads.create(), await far.threads.create()];
    await (await far.threads.begin(first.id, 10)).end();
    proxy.freeze('answers');
    // The lock is taken, and nobody hears of it.
    await expect(far.threads.begin(second.id, 10)).rejects.toMatchObject({ code: 'database_unavailable' });
    await proxy.goAway();
    proxy.thaw();
    await proxy.comeBack();
    for (const deadline = Date.now() + 20_000; ; ) {
      const exchange = await stores[0].threads.begin(second.id, 10).catch(() => undefined);
      await exchange?.end();
      if (exchange) break;
      if (Date.now() > deadline) throw new Error('The thread was not free within 20 s.');
    }
    await (await far.threads.begin(second.id, 10)).end();
    await far.close();
    await proxy.close();
  });

  test('an answer is stored once although its confirmation is lost', async () => {
    const proxy = await startTcpProxy(server.url);
    const far = await connectPostgres({ connectionString: proxy.url });
    const { id: threadId } = await far.threads.create();
    const exchange = await far.threads.begin(threadId, 10);
    proxy.freeze('answers');
    const appending = exchange.append([{ role: 'user', content: [{ type: 'text', text: 'Paid for' }] }]);
    for (const deadline = Date.now() + 20_000; (await stores[0].threads.get(threadId)).message_count === 0; ) {
      if (Date.now() > deadline) throw new Error('It was not stored within 20 s.');
    }
    await proxy.goAway();
    proxy.thaw();
    await proxy.comeBack();
    await appending;
    await exchange.end();
    expect(await stores[0].threads.get(threadId)).toMatchObject({ message_count: 1 });
    await far.close();
    await proxy.close();
  });

  test('messages stand behind those that a faster clock wrote', async () => {
    const { id: threadId } = await stores[0].threads.create();
    const ahead = 'ffffffff-ff00-7000-8000-000000000000';
    await database.dataSource.query(
      `INSERT INTO messages (id, tenant_id, thread_id, role, content) VALUES ($1, $2, $3, 'user', '[]')`,
      [ahead, tenantId, threadId],
    );
    await database.dataSource.query('UPDATE threads SET head_message_id = $1, message_count = 1 WHERE id = $2', [
      ahead,
      threadId,
    ]);
    const { agent } = agentOf(stores[0], [answer('Yes')], threadId);
    await agent.chat('Still in order?');
    const page = { cursor: null, limit: 10, order: 'asc' as const };
    const rows = await listMessages(database, { tenantId, threadId }, page);
    expect(rows.map(({ content }) => content[0])).toMatchObject([
      undefined,
      { text: 'Still in order?' },
      { text: 'Yes' },
    ]);
  });

  test('facts that a server found stand in the prompt', async () => {
    await setFact(database, { tenantId, userId: 'ann' }, { key: 'city', value: 'Bern', category: null });
    const { agent, model } = agentOf(stores[0], [answer('Bern')]);
    await agent.chat('Where do I live?');
    expect(model.requests[0]?.system).toContain('"city": "Bern"');
  });

  test('tasks belong to the tenant of the stores', async () => {
    const other = await connectPostgres({ connectionString: server.url, tenant: 'other' });
    const owner = { tenantId: 'local', userId: 'ann' };
    await stores[0].todos.add(owner, { title: 'Buy tea' }, 'key');
    expect(await stores[1].todos.list(owner)).toMatchObject([{ title: 'Buy tea' }]);
    expect(await other.todos.list(owner)).toEqual([]);
    await other.close();
  });

  test('another tenant finds nothing of all that', async () => {
    const { id: threadId } = await stores[0].threads.create({ title: 'Secret' });
    const other = await connectPostgres({ connectionString: server.url, tenant: 'other' });
    await expect(other.threads.get(threadId)).rejects.toMatchObject({ code: 'thread_not_found' });
    await expect(other.threads.begin(threadId, 10)).rejects.toMatchObject({ code: 'thread_not_found' });
    await expect(other.threads.delete(threadId)).rejects.toMatchObject({ code: 'thread_not_found' });
    await other.threads.summarize(threadId, { text: 'Mine', covered: 0 });
    expect(await other.threads.list()).toEqual([]);
    expect(await other.memory.list('ann')).toEqual([]);
    expect(await other.agents.list()).toEqual([]);
    await other.close();
  });
});

test('a database that is not there is told as such', async () => {
  await expect(connectPostgres({ connectionString: 'postgres://x:x@127.0.0.1:1/x' })).rejects.toMatchObject({
    code: 'database_unavailable',
  });
});
