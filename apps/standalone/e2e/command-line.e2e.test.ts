import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { follow } from './follow.js';
import { startTestServer, type TestServer } from './start-test-server.js';

jest.setTimeout(60_000);

const troupe = join(import.meta.dirname, '../../../packages/client/bin/troupe.mjs');

interface CommandResult {
  code: number | null;
  output: string;
  errors: string;
}

/** As on a machine that never saw the project: no provider is configured, so the demo answers. */
describe('the command line, and a server without keys', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer({ providers: false });
  });

  afterAll(() => server.stop());

  /** Runs `troupe` with its output in a pipe. */
  async function run(args: string[], { input = '', key = server.key } = {}): Promise<CommandResult> {
    const child = spawn(process.execPath, [troupe, ...args], {
      env: { PATH: process.env.PATH, TROUPE_URL: server.url, TROUPE_API_KEY: key },
    });
    child.stdin.end(input);
    const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return { code, output, errors };
  }

  test('interact writes the answer, and on the other channel how to go on', async () => {
    const first = await run(['interact', '--message', 'Hello! My name is Ada.', '--persona-id', 'cherry']);

    expect(first).toMatchObject({ code: 0, output: expect.stringMatching(/Ada.*\n$/s) });
    const [, threadId = ''] = /--thread-id (\S+)/.exec(first.errors) ?? [];
    const second = await run(['interact', '--message', 'What is my name?', '--thread-id', threadId]);
    expect(second).toMatchObject({ code: 0, output: expect.stringContaining('Ada') });
  });

  test('the answer says that it is a demo', async () => {
    const { output } = await run(['interact', '--message', 'Who are you really?']);
    expect(output).toMatch(/demo/i);
  });

  test('a message comes from a pipe, and --json writes the whole response', async () => {
    const result = await run(['interact', '--message', '-', '--json'], { input: 'What is 6 * 7?' });

    expect(result.code).toBe(0);
    expect(JSON.parse(result.output)).toMatchObject({
      status: 'completed',
      model: 'demo/demo',
      response: expect.stringContaining('42'),
    });
  });

  test('--background writes the run, and runs shows what became of it', async () => {
    const accepted = await run(['interact', '--message', 'Later', '--background']);
    expect(accepted.code).toBe(0);
    const runId = accepted.output.trim();
    await follow(server.client.runs.events(runId));

    const shown = await run(['runs', runId, '--json']);
    expect(JSON.parse(shown.output)).toMatchObject({ run: { id: runId, agent: 'assistant', status: 'completed' } });
  });

  test('direct and agents', async () => {
    const direct = await run(['direct', '--system', 'Be brief.', '--message', 'Say hello']);
    expect(direct).toMatchObject({ code: 0, errors: '' });
    expect(direct.output.length).toBeGreaterThan(5);
    const agents = await run(['agents']);
    expect(agents).toMatchObject({ code: 0, output: expect.stringMatching(/^cherry\s+Cherry/m) });
  });

  test.each<[string, string[], RegExp]>([
    ['an unknown persona', ['interact', '--message', 'hi', '--persona-id', 'chery'], /Did you mean cherry/],
    ['a provider without a key', ['interact', '--message', 'hi', '--model', 'openai/gpt-4o'], /OPENAI_API_KEY/],
    ['an unknown model', ['direct', '--message', 'hi', '--model', 'opnai/gpt-4o'], /openai\/gpt-4o/],
    ['an unknown run', ['runs', '01a1fca0-0a72-7707-a6c5-9105a6518882'], /no run/],
    ['a wrong option', ['interact', '--mesage', 'hi'], /--message/],
  ])('%s ends with 1 and says what to do', async (_case, args, hint) => {
    expect(await run(args)).toMatchObject({ code: 1, output: '', errors: expect.stringMatching(hint) });
  });

  test('a wrong key and a server that is not there', async () => {
    const wrong = await run(['interact', '--message', 'hi'], { key: 'trp_wrong' });
    expect(wrong).toMatchObject({ code: 1, output: '', errors: expect.stringContaining('not one of this server') });
    const startedAt = performance.now();
    const nobody = await run(['--url', 'http://127.0.0.1:9', 'interact', '--message', 'hi']);
    expect(nobody).toMatchObject({ code: 1, errors: expect.stringContaining('npm start') });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  test('without a provider the API names the setting', async () => {
    const response = await server.send('POST', '/api/llm/interact', {
      body: { message: 'hi', model: 'anthropic/claude' },
    });

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      code: 'provider_not_configured',
      setting: 'ANTHROPIC_API_KEY',
      detail: expect.stringContaining('Set ANTHROPIC_API_KEY'),
    });
  });
});
