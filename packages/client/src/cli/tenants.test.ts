import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Tenant } from '@troupe/contracts';
import { json, ScriptedServer } from '../../fixtures/scripted-server.js';
import { TestTerminal } from '../../fixtures/test-terminal.js';
import { runCommandLine } from './command-line.js';

const ACME: Tenant = { id: 'id-1', slug: 'acme', name: 'Acme', weight: 1, created_at: '2026-01-01T00:00:00.000Z' };

describe('troupe tenants', () => {
  let server: ScriptedServer;
  let terminal: TestTerminal;

  beforeEach(async () => {
    server = await ScriptedServer.start();
    terminal = new TestTerminal({ TROUPE_URL: server.url, TROUPE_API_KEY: 'key-1' });
    server.on('GET /api/tenants', json({ data: [ACME], next_cursor: null }));
  });
  afterEach(() => server.stop());

  const run = (...commandArguments: string[]) => runCommandLine(['tenants', ...commandArguments], terminal);

  it('shows who shares the installation', async () => {
    expect(await run()).toBe(0);
    expect(terminal.shown).toBe('TENANT  NAME  WEIGHT  ID\nacme    Acme  1       id-1\n');
  });

  it('changes a share, by slug or id', async () => {
    server.on('PUT /api/tenants/id-1', json({ ...ACME, weight: 2.5 }));
    for (const name of ['acme', 'id-1']) expect(await run('set', name, '--weight', '2.5')).toBe(0);
    const changes = server.requests.filter(({ method }) => method === 'PUT');
    expect(changes.map(({ body }) => body)).toEqual([{ weight: 2.5 }, { weight: 2.5 }]);
    expect(terminal.shown).toContain('acme: weight 2.5\n');
  });

  it('names those that are there, and refuses what is no weight', async () => {
    expect(await run('set', 'acne', '--weight', '2')).toBe(1);
    expect(terminal.told).toContain('There are acme.');
    expect(await run('set', 'acme', '--weight', 'much')).toBe(1);
    expect(await run('set', 'acme')).toBe(1);
    expect(server.requests.filter(({ method }) => method === 'PUT')).toEqual([]);
  });
});
