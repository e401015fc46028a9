import { afterAll, beforeAll } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@troupe/testing';
import { connectPostgres, type PostgresStores } from '../postgres.js';
import { describeAgentStore } from '../stores/agent-store.test-conformance.js';
import { describeThreadStore } from '../stores/thread-store.test-conformance.js';
import { describeUserMemoryStore } from '../stores/user-memory-store.test-conformance.js';

let server: TestDatabase;
let stores: PostgresStores;
const opened: PostgresStores[] = [];

beforeAll(async () => {
  server = await createTestDatabase();
  stores = await connectPostgres({ connectionString: server.url, migrate: true });
});

afterAll(async () => {
  for (const { close } of [stores, ...opened]) await close();
  await server.drop();
});

describeThreadStore('PostgresThreadStore', () => stores.threads);
describeUserMemoryStore('PostgresUserMemoryStore', () => stores.memory);
describeAgentStore('PostgresAgentStore', async (names) => {
  if (!names) return stores.agents;
  const checking = await connectPostgres({ connectionString: server.url, ...names });
  opened.push(checking);
  return checking.agents;
});
