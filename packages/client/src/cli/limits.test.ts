import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Limit, LimitUsage } from '@troupe/contracts';
import { json, problem, ScriptedServer } from '../../fixtures/scripted-server.js';
import { TestTerminal } from '../../fixtures/test-terminal.js';
import { runCommandLine } from './command-line.js';

const GPT: Limit = { provider: 'openai', model: 'gpt-4o', rpm: 500, tpm: 30_000, source: 'api', in_effect: true };
const CLAUDE: Limit = {
  ...{ provider: 'anthropic', model: 'claude-*', input_tpm: 40_000, max_concurrency: 8 },
  ...{ source: 'file', in_effect: true },
};
const HIDDEN: Limit = { ...GPT, rpm: 50, tpm: undefined, source: 'environment', in_effect: false };
const USAGE: LimitUsage = {
  ...{ provider: 'openai', model: 'gpt-4o', account: 'a1b2c3d4e5f6' },
  limits: { rpm: 500, tpm: 30_000 },
  available: { rpm: 487, tpm: 22_310.4 },
  under_way: 12,
  waiting: 3,
  paused_until: null,
};

describe('troupe limits', () => {
  let server: ScriptedServer;
  let terminal: TestTerminal;

  beforeEach(async () => {
    server = await ScriptedServer.start();
    terminal = new TestTerminal({ TROUPE_URL: server.url, TROUPE_API_KEY: 'key-1' });
  });
  afterEach(() => server.stop());

  const run = (...commandArguments: string[]) => runCommandLine(['limits', ...commandArguments], terminal);
  const serve = (limits: Limit[], usages: LimitUsage[]) =>
    server.on('GET /api/limits', json({ data: limits })).on('GET /api/limits/state', json({ data: usages }));

  it('shows what is left, who waits, and which provider asked for a pause', async () => {
    const paused = { ...USAGE, account: 'ffeeddccbbaa', waiting: 40, paused_until: '2026-01-02T03:04:05.000Z' };
    const claude: LimitUsage = {
      ...{ ...USAGE, provider: 'anthropic', model: 'claude-*' },
      limits: { input_tpm: 40_000, max_concurrency: 8 },
      available: { input_tpm: 1_000, concurrency: 5 },
    };
    serve([CLAUDE, GPT], [claude, USAGE, paused]);
    expect(await run()).toBe(0);
    expect(terminal.shown.split('\n')).toEqual([
      'LIMIT               ACCOUNT       RPM         TPM               INPUT TPM        AT ONCE  UNDER WAY  WAITING  PAUSED UNTIL              SET BY',
      'anthropic/claude-*  a1b2c3d4e5f6  -           -                 1,000 of 40,000  5 of 8   12         3        -                         file',
      'openai/gpt-4o       a1b2c3d4e5f6  487 of 500  22,310 of 30,000  -                -        12         3        -                         api',
      'openai/gpt-4o       ffeeddccbbaa  487 of 500  22,310 of 30,000  -                -        12         40       2026-01-02T03:04:05.000Z  api',
      '',
    ]);
  });

  it('shows a limit once that is counted under another one, and one whose provider has no key', async () => {
    const ofAccount: Limit = { ...GPT, account: USAGE.account, rpm: 9, tpm: undefined };
    serve([CLAUDE, ofAccount, GPT], [{ ...USAGE, limits: { rpm: 9 }, available: { rpm: 4 } }]);
    await run();
    const rows = terminal.shown.split('\n').map((line) => line.split(/ {2,}/).slice(0, 3));
    expect(rows.slice(1, 4)).toEqual([
      ['anthropic/claude-*', '-', '-'],
      ['openai/gpt-4o', 'a1b2c3d4e5f6', '4 of 9'],
      ['openai/gpt-4o', '-', '500'],
    ]);
  });

  it('tells which limits are not in effect, apart from the table', async () => {
    serve([GPT, HIDDEN], [USAGE]);
    await run();
    expect(terminal.shown.trim().split('\n')).toHaveLength(2);
    expect(terminal.told).toContain('Not in effect: openai/gpt-4o of the environment (rpm 50).');
  });

  it('tells how to set one where there is none', async () => {
    serve([], []);
    expect(await run()).toBe(0);
    expect([terminal.shown, terminal.told]).toEqual(['', expect.stringContaining('troupe limits set')]);
  });

  it('writes JSON', async () => {
    serve([GPT], [USAGE]);
    await run('--json');
    expect(JSON.parse(terminal.shown)).toEqual({ limits: [GPT], state: [USAGE] });
  });

  it('says so when the key may not', async () => {
    server
      .on('GET /api/limits', problem(403, 'forbidden', 'Only an admin key may do this.'))
      .on('GET /api/limits/state', problem(403, 'forbidden', 'Only an admin key may do this.'));
    expect(await run()).toBe(1);
    expect(terminal.told).toContain('Only an admin key may do this.');
  });

  it('sets one, of every number that was given', async () => {
    server.on('PUT /api/limits', json(GPT));
    expect(await run('set', 'openai/gpt-4o', '--rpm', '500', '--tpm', '30000')).toBe(0);
    expect(terminal.shown).toBe('openai/gpt-4o: rpm 500, tpm 30,000\n');
    const others = ['--input-tpm', '1', '--output-tpm', '2', '--rpd', '3', '--max-concurrency', '4'];
    await run('set', 'openrouter/anthropic/claude-*', '--account', 'a1', ...others);
    expect(server.requests.map(({ body }) => body)).toEqual([
      { provider: 'openai', model: 'gpt-4o', rpm: 500, tpm: 30_000 },
      {
        ...{ provider: 'openrouter', model: 'anthropic/claude-*', account: 'a1' },
        ...{ input_tpm: 1, output_tpm: 2, rpd: 3, max_concurrency: 4 },
      },
    ]);
  });

  it.each([
    [['set', 'openai/gpt-4o'], 'There is no number.'],
    [['set', 'gpt-4o', '--rpm', '5'], '"gpt-4o" names no model.'],
    [['set', 'openai/gpt-4o', '--rpm', 'many'], 'It is a whole number'],
    [['set'], "missing required argument 'provider/model'"],
    [['remove', 'gpt-4o'], '"gpt-4o" names no model.'],
    [['sett', 'openai/gpt-4o'], 'too many arguments'],
  ])('refuses %j', async (commandArguments, message) => {
    expect(await run(...commandArguments)).toBe(1);
    expect(terminal.told).toContain(message);
    expect(server.requests).toEqual([]);
  });

  it('removes one by its whole key', async () => {
    server.on('DELETE /api/limits', (response) => void response.writeHead(204).end());
    expect(await run('remove', 'ollama/llama3:8b', '--account', 'a1')).toBe(0);
    expect(server.requests[0]?.path).toBe('/api/limits?provider=ollama&model=llama3%3A8b&account=a1');
    expect(terminal.told).toBe('The limit of ollama/llama3:8b (account a1) is removed.\n');
  });

  it('says where one comes from that cannot be removed', async () => {
    const detail = 'The limit of openai/gpt-4o comes from the variable LIMITS.';
    server.on('DELETE /api/limits', problem(404, 'limit_not_found', detail));
    expect(await run('remove', 'openai/gpt-4o')).toBe(1);
    expect(terminal.told).toContain(detail);
  });

  it('lifts a pause', async () => {
    server.on('POST /api/limits/forgive', json({ data: [USAGE] }));
    expect(await run('forgive', 'openai/gpt-4o')).toBe(0);
    expect(server.requests[0]?.body).toEqual({ provider: 'openai', model: 'gpt-4o' });
    expect(terminal.shown).toBe('openai/gpt-4o (account a1b2c3d4e5f6): not paused, 12 under way, 3 waiting\n');
  });
});
