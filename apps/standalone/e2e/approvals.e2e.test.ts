import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startTestServer, type TestServer } from './start-test-server.js';

jest.setTimeout(120_000);

const EXAMPLE = join(import.meta.dirname, '../../../examples/approvals');

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ args: ['--split', '--llm-workers', '1', '--tool-workers', '1'] });
});
afterAll(() => server?.stop());

/** One call and, once it has its result, the answer; titles and facts are asked without tools and answered otherwise. */
function answerWith(call: { name: string; arguments: Record<string, unknown> }, text: string): void {
  server.simulator.setRules([
    { when: { hasTools: true, endsWithToolResult: true }, reply: { text } },
    { when: { hasTools: true }, reply: { toolCalls: [call] } },
  ]);
}

/** What the program prints, line by line. */
async function run(file: string): Promise<string[]> {
  const env = { ...process.env, BASE_URL: server.url, API_KEY: server.key };
  const { stdout } = await promisify(execFile)(process.execPath, [join(EXAMPLE, file)], { env });
  return stdout.trim().split('\n');
}

test('a run waits for a person over a restart of every process, and goes on as that decides', async () => {
  answerWith({ name: 'add_todo_task', arguments: { title: 'Call the bank' } }, 'It is on your list.');
  const [status, asked] = await run('ask.ts');
  expect(status).toMatch(/^202 waiting [0-9a-f-]{36}$/);
  expect(asked).toContain("May this be written down? add_todo_task { title: 'Call the bank' }");

  const before = Object.entries(server.process.pids());
  await server.restart();
  const after = server.process.pids();
  expect(Object.keys(after).sort()).toEqual(before.map(([name]) => name).sort());
  expect(before.filter(([name, pid]) => after[name] === pid)).toEqual([]);

  expect(await run('decide.ts')).toEqual(['approved', 'It is on your list.']);
  const results = server.simulator.requests.flatMap(({ request }) => {
    const last = request?.messages.at(-1);
    return last?.role === 'tool' ? [last.text] : [];
  });
  expect(results).toEqual([expect.stringMatching(/A person changed the arguments.*Call the bank before noon/s)]);
});

test('a question of an agent is answered with one of the answers that it offers', async () => {
  await server.client.agents.create({
    slug: 'tailor',
    name: 'Tailor',
    definition: { role: 'You take measurements.' },
    tools: ['ask_user'],
  });
  answerWith({ name: 'ask_user', arguments: { question: 'Which size?', options: ['40', '42'] } }, 'Then 42.');
  const waiting = await server.client.interact({ message: 'A jacket, please.', persona_id: 'tailor' });
  expect(waiting).toMatchObject({ status: 'waiting', wait_kind: 'input', approvals: [{ question: 'Which size?' }] });
  const [approval] = waiting.approvals ?? [];
  await expect(
    server.client.approvals.decide(approval?.id ?? '', { decision: 'answer', answer: '41' }),
  ).rejects.toMatchObject({ status: 400 });
  await server.client.approvals.decide(approval?.id ?? '', { decision: 'answer', answer: '42' });
  const types: string[] = [];
  for await (const { type } of server.client.runs.events(waiting.run_id)) types.push(type);
  expect(types).toEqual(expect.arrayContaining(['approval.requested', 'approval.decided', 'run.completed']));
  expect((await server.client.runs.get(waiting.run_id)).response).toBe('Then 42.');
});
