import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { TroupeClient } from '@troupe/client';
import { type LlmSimulator, type ServerProcess, startLlmSimulator, startServerProcess } from '@troupe/testing';
import { follow } from './follow.js';
import { providerSettings } from './provider-settings.js';

jest.setTimeout(120_000);

const SPLIT = ['--split', '--llm-workers', '2', '--tool-workers', '1'];

/** The tests tell one story, in their order, on one data folder with databases of its own. */
describe('a conversation survives restarts, in one process and split', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'troupe-restart-'));
  let simulator: LlmSimulator;
  let server: ServerProcess | undefined;
  let client: TroupeClient;
  let threadId: string;
  let firstKey: string;

  async function start(args: string[]): Promise<void> {
    server = await startServerProcess({ dataDir, args, env: providerSettings(simulator) });
    client = new TroupeClient({ baseUrl: server.url, apiKey: server.key, maxRetries: 0 });
  }

  async function stop(): Promise<void> {
    expect(await server?.stop()).toEqual({ code: 0, signal: null });
    expect(server?.pids()).toEqual({});
    server = undefined;
  }

  beforeAll(async () => {
    simulator = await startLlmSimulator();
    await start([]);
  });

  afterAll(async () => {
    await server?.stop();
    await simulator.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  test('an answer streams, and the next one knows what was said', async () => {
    const first = await follow(client.interactStream({ message: 'Hello! My name is Ada.', persona_id: 'cherry' }));

    expect(first).toMatchObject({ status: 'completed', text: 'I will remember that your name is Ada.' });
    threadId = first.threadId;
    firstKey = server?.key ?? '';

    const second = await follow(client.interactStream({ message: 'What is my name?', thread_id: threadId }));
    expect(second).toMatchObject({ status: 'completed', text: 'Your name is Ada.', threadId });
  });

  test('it stops cleanly, and the thread goes on in a split server', async () => {
    await stop();
    await start(SPLIT);

    expect(server?.key).toBe(firstKey);
    expect(Object.keys(server?.pids() ?? {}).sort()).toEqual([
      'gateway-1',
      'llm-worker-1',
      'llm-worker-2',
      'memory-extractor-1',
      'postgres',
      'redis',
      'summary-worker-1',
      'tool-worker-1',
    ]);
    const answer = await client.interact({ message: 'What is my name again?', thread_id: threadId });
    expect(answer).toMatchObject({ thread_id: threadId, status: 'completed', response: 'Your name is Ada.' });
  });

  test('it stops cleanly as a split server, and the thread goes on in one process', async () => {
    await stop();
    await start([]);

    const third = await follow(client.interactStream({ message: 'And what did I say first?', thread_id: threadId }));
    expect(third.status).toBe('completed');
    const { data: messages } = await client.threads.messages(threadId);
    expect(messages.map(({ role, agent }) => `${role} ${agent}`)).toEqual([
      'user null',
      'assistant cherry',
      'user null',
      'assistant cherry',
      'user null',
      'assistant cherry',
      'user null',
      'assistant cherry',
    ]);
    await stop();
  });
});
