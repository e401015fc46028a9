import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Run, RunResult } from '@troupe/contracts';
import { COMPLETED_RUN } from '../../fixtures/completed-run.js';
import { RUN_EVENTS, RUN_ID, THREAD_ID, TOOL_RUN_EVENTS } from '../../fixtures/run-events.js';
import { json, problem, ScriptedServer, sse, stream } from '../../fixtures/scripted-server.js';
import { TestTerminal } from '../../fixtures/test-terminal.js';
import { runCommandLine } from './command-line.js';

const INTERACT_ROUTE = 'POST /api/llm/interact';
const EVENTS_ROUTE = `GET /api/runs/${RUN_ID}/events`;
const CANCELLED = sse('run.cancelled', { run_id: RUN_ID }, '1-9');

describe('troupe', () => {
  let server: ScriptedServer;
  let terminal: TestTerminal;
  let folder: string;

  beforeEach(async () => {
    server = await ScriptedServer.start();
    folder = mkdtempSync(join(tmpdir(), 'troupe-client-'));
    terminal = new TestTerminal({ TROUPE_URL: server.url }, folder);
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    await server.stop();
  });

  const run = (...commandArguments: string[]) => runCommandLine(commandArguments, terminal);

  describe('interact', () => {
    it('writes the answer to the output and everything else to the errors', async () => {
      server.on(INTERACT_ROUTE, stream(RUN_EVENTS, { chunkBytes: 3 }));
      const exitCode = await run('interact', '--message', 'Hello', '--persona-id', 'cherry', '--user-id', 'ann');
      expect(exitCode).toBe(0);
      expect(terminal.shown).toBe('Grüße 👋 there\n');
      expect(terminal.told).toBe(`To go on: --thread-id ${THREAD_ID}\n`);
      expect(server.requests[0]?.body).toEqual({
        message: 'Hello',
        persona_id: 'cherry',
        user_id: 'ann',
        stream: true,
      });
    });

    it('takes the message without a name, and only one', async () => {
      server.on(INTERACT_ROUTE, stream(RUN_EVENTS));
      expect(await run('interact', 'Hello there')).toBe(0);
      expect(server.requests[0]?.body).toMatchObject({ message: 'Hello there' });
      expect(await run('interact', 'Hello', '--message', 'there')).toBe(1);
      expect(terminal.told).toContain('two messages');
      expect(server.requests).toHaveLength(1);
    });

    it('says that the run goes on when Ctrl-C ends the wait for its JSON', async () => {
      const asked = Promise.withResolvers<void>();
      server.on(INTERACT_ROUTE, () => asked.resolve());
      const running = run('interact', 'Hello', '--json');
      await asked.promise;
      terminal.interrupt();
      expect(await running).toBe(130);
      expect(terminal.told).toContain('The run goes on.');
    });

    it('shows a tool call as one line, and that an answer begins again', async () => {
      server.on(INTERACT_ROUTE, stream(TOOL_RUN_EVENTS));
      await run('interact', '--message', 'Six times seven?');
      expect(terminal.told).toContain('→ calculate {"expression":"6*7"}\n');
      expect(terminal.told.split('calculate')).toHaveLength(2);
      expect(terminal.told).toContain('The answer begins again');
      expect(terminal.shown).toBe('It i\n42\n');
    });

    it('tells which run a message waits for', async () => {
      const queued = sse(
        'run.queued',
        { run_id: RUN_ID, thread_id: THREAD_ID, agent: 'cherry', behind: 'run-0' },
        '0-1',
      );
      server.on(INTERACT_ROUTE, stream([queued, ...RUN_EVENTS.slice(1)]));
      expect(await run('interact', '--message', 'Hello', '--multitask-strategy', 'enqueue')).toBe(0);
      expect(terminal.told).toContain('waiting for run run-0');
      expect(server.requests[0]?.body).toMatchObject({ multitask_strategy: 'enqueue' });
    });

    it('colours and cleans only for a terminal', async () => {
      const events = [...RUN_EVENTS];
      events.splice(5, 0, sse('text.delta', { delta: '\u001b[2J\u0007' }, '1-4'));
      events[4] = sse('text.delta', { delta: '\u001b[31m👋\n' }, '1-4');
      server.on(INTERACT_ROUTE, stream(events));
      await run('interact', '--message', 'Hello');
      expect(terminal.shown).toContain('\u001b[31m👋\n');
      expect(terminal.told).not.toContain('\u001b');

      terminal = new TestTerminal({ TROUPE_URL: server.url }, folder).asTty();
      await run('interact', '--message', 'Hello');
      expect(terminal.shown).toBe('Grüße [31m👋\nthere\n');
      expect(terminal.told).toContain('\u001b[2mTo go on');

      terminal = new TestTerminal({ TROUPE_URL: server.url, NO_COLOR: '1' }, folder).asTty();
      await run('interact', '--message', 'Hello');
      expect(terminal.told).not.toContain('\u001b');
    });

    it('fails when the run fails', async () => {
      const error = {
        code: 'provider_timeout',
        fault: 'upstream',
        message: 'The model did not answer.',
        retryable: true,
      };
      const failed = sse('run.failed', { run_id: RUN_ID, stop_reason: 'provider_error', error }, '1-3');
      server.on(INTERACT_ROUTE, stream([...RUN_EVENTS.slice(0, 3), failed]));
      expect(await run('interact', '--message', 'Hello')).toBe(1);
      expect(terminal.told).toContain('The model did not answer.');
      expect(terminal.shown).toBe('');
    });

    it('writes JSON', async () => {
      const response = { run_id: RUN_ID, status: 'completed', response: 'Hi' };
      server.on(INTERACT_ROUTE, json(response));
      expect(await run('interact', '--message', 'Hello', '--json')).toBe(0);
      expect(JSON.parse(terminal.shown)).toEqual(response);
    });

    it('does not wait with --background', async () => {
      server.on(INTERACT_ROUTE, json({ run_id: RUN_ID, thread_id: THREAD_ID, status: 'queued' }, 202));
      expect(await run('interact', '--message', 'Hello', '--background')).toBe(0);
      expect(terminal.shown).toBe(`${RUN_ID}\n`);
      expect(terminal.told).toContain(`troupe runs ${RUN_ID}`);
    });

    it('reads the message from a pipe', async () => {
      server.on(INTERACT_ROUTE, stream(RUN_EVENTS));
      terminal.input.end('Hello\nthere\n');
      await run('interact');
      expect(server.requests[0]?.body).toEqual({ message: 'Hello\nthere', stream: true });
    });

    it('says when there is no message', async () => {
      terminal.input.end('  ');
      expect(await run('interact')).toBe(1);
      expect(terminal.told).toContain('--message');
      expect(server.requests).toHaveLength(0);
    });

    it('cancels the run on Ctrl-C', async () => {
      server.on(INTERACT_ROUTE, stream(RUN_EVENTS.slice(0, 4), { ending: 'open' }));
      const cancelled = new Promise<void>((resolve) => {
        server.on(`POST /api/runs/${RUN_ID}/cancel`, async (response, request) => {
          await json({}, 202)(response, request);
          resolve();
        });
      });
      const exit = run('interact', '--message', 'Hello');
      await terminal.sees('Grüße');
      terminal.interrupt();
      await cancelled;
      terminal.interrupt();
      expect(await exit).toBe(130);
    });
  });

  describe('chat', () => {
    const info = json({ name: 'Cherry', model: 'demo/demo' });

    it('keeps the thread, begins a new one on /new and ends on /exit', async () => {
      server.on('GET /api/agents/cherry/info', info).on(INTERACT_ROUTE, stream(RUN_EVENTS));
      terminal.input.end('Hello\n\nAgain\n/new\nFresh\n/exit\nNever\n');
      expect(await run('chat', '--persona', 'cherry')).toBe(0);
      const bodies = server.requests.slice(1).map(({ body }) => body);
      expect(bodies).toEqual([
        { message: 'Hello', persona_id: 'cherry', stream: true },
        { message: 'Again', persona_id: 'cherry', thread_id: THREAD_ID, stream: true },
        { message: 'Fresh', persona_id: 'cherry', stream: true },
      ]);
      expect(terminal.shown).toBe('Grüße 👋 there\n'.repeat(3));
      expect(terminal.told).toContain('Cherry (demo/demo)');
      expect(terminal.told).toContain(`troupe chat --thread-id ${THREAD_ID}`);
    });

    it('says at once that there is no such persona', async () => {
      server.on('GET /api/agents/chery/info', problem(404, 'agent_not_found', 'Did you mean cherry?'));
      expect(await run('chat', '--persona', 'chery')).toBe(1);
      expect(terminal.told).toContain('Did you mean cherry?');
    });

    it('cancels the answer on Ctrl-C and goes on', async () => {
      server.on(INTERACT_ROUTE, stream(RUN_EVENTS.slice(0, 4), { ending: 'open' }), stream(RUN_EVENTS));
      server.on(EVENTS_ROUTE, stream([CANCELLED]));
      const exit = run('chat');
      terminal.input.write('Hello\n');
      await terminal.sees('Grüße');
      server.on(`POST /api/runs/${RUN_ID}/cancel`, async (response, request) => {
        await json({}, 202)(response, request);
        server.dropStreams();
      });
      terminal.interrupt();
      await terminal.sees('(cancelled)');
      terminal.input.end('Again\n');
      expect(await exit).toBe(0);
      expect(terminal.shown).toBe('Grüße \nGrüße 👋 there\n');
      expect(server.requests.at(-1)?.body).toMatchObject({ message: 'Again', thread_id: THREAD_ID });
    });

    it('goes on after an error, which shows in the exit code of a script', async () => {
      server.on(INTERACT_ROUTE, problem(409, 'thread_busy', 'The thread is busy.'), stream(RUN_EVENTS));
      terminal.input.end('Hello\nAgain\n');
      expect(await run('chat')).toBe(1);
      expect(terminal.told).toContain('The thread is busy.');
      expect(terminal.shown).toBe('Grüße 👋 there\n');
    });
  });

  describe('direct', () => {
    const completed = sse('message.completed', { model: 'demo/demo', stop_reason: 'max_tokens', usage: {} });

    it('streams', async () => {
      server.on('POST /api/llm/direct', stream([sse('text.delta', { delta: 'Ahoy' }), completed]));
      expect(await run('direct', '--system', 'A pirate', '--message', 'Hi', '--model', 'demo/demo')).toBe(0);
      expect(terminal.shown).toBe('Ahoy\n');
      expect(terminal.told).toContain('max_tokens');
      expect(server.requests[0]?.body).toEqual({
        messages: [
          { role: 'system', content: 'A pirate' },
          { role: 'user', content: 'Hi' },
        ],
        model: 'demo/demo',
        stream: true,
      });
    });

    it('ends at once on Ctrl-C', async () => {
      server.on('POST /api/llm/direct', stream([sse('text.delta', { delta: 'Ahoy' })], { ending: 'open' }));
      const exit = run('direct', '--message', 'Hi');
      await terminal.sees('Ahoy');
      terminal.interrupt();
      expect(await exit).toBe(130);
    });
  });

  it('lists the agents of all pages', async () => {
    const agent = (slug: string) => ({
      slug,
      name: slug.toUpperCase(),
      model: null,
      tools: ['calculate', 'current_time'],
    });
    server.on(
      'GET /api/agents',
      json({ data: [agent('cherry')], next_cursor: 'next' }),
      json({ data: [agent('dnd-assistant')], next_cursor: null }),
    );
    expect(await run('agents')).toBe(0);
    expect(terminal.shown.split('\n')).toEqual([
      'AGENT          NAME           MODEL            TOOLS',
      'cherry         CHERRY         (default model)  calculate, current_time',
      'dnd-assistant  DND-ASSISTANT  (default model)  calculate, current_time',
      '',
    ]);
    expect(server.requests.map(({ path }) => path)).toEqual(['/api/agents', '/api/agents?cursor=next']);
  });

  it('shows a run with its steps', async () => {
    const result: RunResult = { run: COMPLETED_RUN, response: '42' };
    const call = { name: 'calculate', arguments: { expression: '6*7' }, state: 'completed' };
    server.on(`GET /api/runs/${RUN_ID}`, json(result));
    server.on(
      `GET /api/runs/${RUN_ID}/steps`,
      json({ data: [{ index: 1, kind: 'tools', tool_calls: [call] }], next_cursor: null }),
    );
    expect(await run('runs', RUN_ID)).toBe(0);
    expect(terminal.shown).toContain(
      'agent     cherry (version 2)\nmodel     demo/demo\nstatus    completed (end_turn)\n',
    );
    expect(terminal.shown).toContain('step 1: calculate {"expression":"6*7"} completed');
    expect(terminal.shown.trimEnd().endsWith('42')).toBe(true);
  });

  describe('runs', () => {
    const poisoned: Run = { ...COMPLETED_RUN, id: 'run-2', status: 'failed', stop_reason: 'poisoned' };
    const paused: Run = { ...COMPLETED_RUN, status: 'waiting', wait_kind: 'pause', stop_reason: null };

    it('lists the newest, as many as asked for, over pages', async () => {
      const page = Array.from({ length: 100 }, () => COMPLETED_RUN);
      server.on(
        'GET /api/runs',
        json({ data: page, next_cursor: 'c1' }),
        json({ data: [poisoned], next_cursor: 'c2' }),
      );
      expect(await run('runs', '--status', 'failed', '--stop-reason', 'poisoned', '--limit', '101')).toBe(0);
      const lines = terminal.shown.trimEnd().split('\n');
      expect(lines).toHaveLength(102);
      expect(lines[0]).toMatch(/^RUN +STATUS +AGENT +MODEL +CREATED$/);
      expect(lines[1]).toMatch(/^\S+ +completed \(end_turn\) +cherry +demo\/demo +2026-01-02T03:04:05.000Z$/);
      expect(lines[101]).toMatch(/^run-2 +failed \(poisoned\) /);
      expect(terminal.told).toContain('There are older ones');
      expect(server.requests.map(({ path }) => path)).toEqual([
        '/api/runs?limit=100&status=failed&stop_reason=poisoned',
        '/api/runs?cursor=c1&limit=1&status=failed&stop_reason=poisoned',
      ]);
    });

    it('says nothing of older ones where there are none, and writes JSON', async () => {
      server.on('GET /api/runs', json({ data: [paused], next_cursor: null }));
      expect(await run('runs', '--agent', 'cherry')).toBe(0);
      expect(terminal.shown).toContain('waiting (pause)');
      expect(terminal.told).toBe('');
      terminal = new TestTerminal({ TROUPE_URL: server.url }, folder);
      expect(await run('runs', '--json')).toBe(0);
      expect(JSON.parse(terminal.shown)).toEqual([paused]);
      expect(server.requests.map(({ path }) => path)).toEqual([
        '/api/runs?limit=20&agent=cherry',
        '/api/runs?limit=20',
      ]);
    });

    it('refuses a limit that is no number', async () => {
      expect(await run('runs', '--limit', 'many')).toBe(1);
      expect(terminal.told).toContain('whole number');
      expect(server.requests).toHaveLength(0);
    });

    it('pauses a run, and tells when it is still to rest', async () => {
      const busy: Run = { ...paused, status: 'running', wait_kind: null };
      server.on(
        `POST /api/runs/${RUN_ID}/pause`,
        json({ run: busy, response: null }),
        json({ run: paused, response: null }),
      );
      expect(await run('pause', RUN_ID)).toBe(0);
      expect(terminal.shown).toBe('running\n');
      expect(terminal.told).toContain('It rests as soon as');
      expect(terminal.told).toContain(`troupe resume ${RUN_ID}`);
      terminal = new TestTerminal({ TROUPE_URL: server.url }, folder);
      expect(await run('pause', RUN_ID)).toBe(0);
      expect(terminal.shown).toBe('waiting (pause)\n');
      expect(terminal.told).not.toContain('It rests');
    });

    it('resumes a run', async () => {
      const result: RunResult = { run: { ...paused, status: 'queued', wait_kind: null }, response: null };
      server.on(`POST /api/runs/${RUN_ID}/resume`, json(result));
      expect(await run('resume', RUN_ID)).toBe(0);
      expect(terminal.shown).toBe('queued\n');
      terminal = new TestTerminal({ TROUPE_URL: server.url }, folder);
      expect(await run('resume', RUN_ID, '--json')).toBe(0);
      expect(JSON.parse(terminal.shown)).toEqual(result);
    });

    it('cancels a run, and tells when its worker is still to end it', async () => {
      const busy: Run = { ...paused, status: 'running', wait_kind: null };
      const cancelled: Run = { ...paused, status: 'cancelled', wait_kind: null, stop_reason: 'cancelled' };
      server.on(
        `POST /api/runs/${RUN_ID}/cancel`,
        json({ run: busy, response: null }, 202),
        json({ run: cancelled, response: null }),
      );
      expect(await run('cancel', RUN_ID)).toBe(0);
      expect(terminal.told).toContain('within seconds');
      terminal = new TestTerminal({ TROUPE_URL: server.url }, folder);
      expect(await run('cancel', RUN_ID)).toBe(0);
      expect(terminal.shown).toBe('cancelled (cancelled)\n');
      expect(terminal.told).toBe('');
    });

    it('replays a run with another model', async () => {
      server.on(
        `POST /api/runs/${RUN_ID}/replay`,
        json({ run_id: 'run-2', thread_id: THREAD_ID, status: 'queued' }, 202),
      );
      expect(await run('replay', RUN_ID, '--model', 'demo/other')).toBe(0);
      expect(terminal.shown).toBe('run-2\n');
      expect(terminal.told).toContain('troupe runs run-2');
      expect(server.requests[0]?.body).toEqual({ model: 'demo/other' });
    });

    it('says why one cannot be replayed, and that an id is missing', async () => {
      const detail = 'Run 1 has completed, so there is nothing to replay.';
      server.on(`POST /api/runs/${RUN_ID}/replay`, problem(409, 'run_not_replayable', detail));
      expect(await run('replay', RUN_ID)).toBe(1);
      expect(terminal.told).toContain(detail);
      expect(await run('pause')).toBe(1);
      expect(terminal.told).toContain("missing required argument 'run-id'");
    });
  });

  describe('the key', () => {
    const authorization = () => server.requests[0]?.headers.authorization;

    beforeEach(() => {
      mkdirSync(join(folder, '.troupe'));
      writeFileSync(join(folder, '.troupe', 'api-key'), 'key-of-the-folder\n');
      server.on('GET /api/agents', json({ data: [], next_cursor: null }));
    });

    it('comes from the data folder', async () => {
      await run('agents');
      expect(authorization()).toBe('Bearer key-of-the-folder');
    });

    it('comes from another data folder', async () => {
      terminal.environment.TROUPE_DATA_DIR = join(folder, '.troupe');
      await run('agents');
      expect(authorization()).toBe('Bearer key-of-the-folder');
    });

    it('comes from the environment, and first of all from the option', async () => {
      terminal.environment.TROUPE_API_KEY = 'key-of-the-environment';
      await run('agents', '--api-key', 'key-of-the-option');
      expect(authorization()).toBe('Bearer key-of-the-option');
      server.requests.length = 0;
      await run('agents');
      expect(authorization()).toBe('Bearer key-of-the-environment');
    });

    it('of this folder goes to no other machine', async () => {
      terminal.environment.TROUPE_URL = 'http://troupe.invalid:3000';
      expect(await run('agents')).toBe(1);
      terminal.environment.TROUPE_URL = server.url.replace('127.0.0.1', '0.0.0.0');
      await run('agents');
      expect(server.requests).toHaveLength(1);
      expect(authorization()).toBeUndefined();
    });

    it('that is refused: says where the right one is', async () => {
      server.on('GET /api/agents', problem(401, 'unauthenticated', 'The API key is not known.'));
      expect(await run('agents')).toBe(1);
      expect(terminal.told).toContain('The API key is not known.');
      expect(terminal.told).toContain(join(folder, '.troupe', 'api-key'));
      expect(terminal.told).toContain('(unauthenticated, request request-1)');
      expect(terminal.told).not.toContain('key-of-the-folder');
    });
  });

  it('says how to start a server when none can be reached', async () => {
    await server.stop();
    expect(await run('agents')).toBe(1);
    expect(terminal.told).toContain(`${server.url} cannot be reached: connect ECONNREFUSED`);
    expect(terminal.told).toContain('npm start');
  });

  it('names every field that the server refuses', async () => {
    const errors = [{ field: 'thread_id', pointer: '/thread_id', message: 'thread_id must be a UUID.' }];
    const detail = 'thread_id must be a UUID.';
    const body = { title: 'Invalid request', status: 400, detail, code: 'invalid_request', request_id: 'r', errors };
    server.on(INTERACT_ROUTE, json(body, 400));
    expect(await run('interact', '--message', 'Hello', '--thread-id', 'x')).toBe(1);
    expect(terminal.told).toBe(
      'Invalid request:\n  thread_id: thread_id must be a UUID.\n(invalid_request, request r)\n',
    );
  });

  it('refuses an address that is none', async () => {
    expect(await run('agents', '--url', 'localhost:3000')).toBe(1);
    expect(terminal.told).toContain('"localhost:3000" is no address of a server');
  });

  it('explains itself, and refuses what it does not know', async () => {
    expect(await run('--version')).toBe(0);
    expect(terminal.shown).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await run('direct', 'Hi', 'there')).toBe(1);
    expect(terminal.told).toContain('--help lists what there is');
    expect(await run('--help')).toBe(0);
    expect(terminal.shown).toContain('interact');
    expect(await run('dance')).toBe(1);
    expect(terminal.told).toContain("unknown command 'dance'");
  });
});
