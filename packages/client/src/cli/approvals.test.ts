import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Approval } from '@troupe/contracts';
import { RUN_EVENTS, RUN_ID, THREAD_ID } from '../../fixtures/run-events.js';
import { json, problem, ScriptedServer, sse, stream } from '../../fixtures/scripted-server.js';
import { TestTerminal } from '../../fixtures/test-terminal.js';
import { runCommandLine } from './command-line.js';

const APPROVAL: Approval = {
  id: 'approval-1',
  run_id: RUN_ID,
  root_run_id: RUN_ID,
  thread_id: THREAD_ID,
  tool_call_id: 'call-1',
  user_id: null,
  agent: 'cherry',
  kind: 'tool',
  reason: 'rule',
  name: 'refund_payment',
  arguments: { euros: 80 },
  question: 'Pay?',
  response_schema: null,
  roles: ['boss'],
  state: 'pending',
  decision: null,
  decided_by: null,
  decided_at: null,
  expires_at: '2026-11-28T12:00:00Z',
  on_expiry: 'reject',
  created_at: '2026-11-21T12:00:00Z',
};
const QUESTION: Approval = {
  ...APPROVAL,
  id: 'approval-2',
  kind: 'input',
  name: 'ask_user',
  question: 'Which size?',
  roles: [],
};
const DECIDE_ROUTE = `POST /api/approvals/${APPROVAL.id}`;

describe('troupe approvals', () => {
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

  it('lists what waits for people', async () => {
    server.on('GET /api/approvals', json({ data: [QUESTION, APPROVAL], next_cursor: null }));
    expect(await run('approvals', '--agent', 'cherry')).toBe(0);
    expect(server.requests[0]?.path).toContain('state=pending');
    expect(server.requests[0]?.path).toContain('agent=cherry');
    expect(terminal.shown).toMatch(/approval-2 +cherry +Which size\? +anybody/);
    expect(terminal.shown).toMatch(/approval-1 +cherry +refund_payment \{"euros":80\} \(Pay\?\) +boss/);
    await run('approvals', '--json');
    expect(JSON.parse(terminal.shown.trim().split('\n').at(-1) ?? '')).toEqual([QUESTION, APPROVAL]);
  });

  it.each([
    [
      ['approve', '--arguments', '{"euros": 50}', '--role', 'boss', '--by', 'ada', '--sticky', 'run'],
      {
        decision: 'approve',
        arguments: { euros: 50 },
        role: 'boss',
        decided_by: 'ada',
        sticky: 'run',
      },
    ],
    [['reject', '--message', 'Too much.'], { decision: 'reject', message: 'Too much.' }],
    [['answer', 'forty two'], { decision: 'answer', answer: 'forty two' }],
    [['answer', '42'], { decision: 'answer', answer: 42 }],
    [['answer', '{"size": 40}'], { decision: 'answer', answer: { size: 40 } }],
  ])('decides: %j', async ([verb = '', ...rest], body) => {
    server.on(DECIDE_ROUTE, json({ ...APPROVAL, state: 'approved' }));
    const [words, options] = verb === 'answer' ? [rest, []] : [[], rest];
    expect(await run(verb, APPROVAL.id, ...words, ...options)).toBe(0);
    expect(server.requests[0]?.body).toEqual(body);
    expect(terminal.shown).toBe('approved\n');
  });

  it('tells what was decided by somebody else', async () => {
    const detail = `Approval ${APPROVAL.id} is rejected by bob; nothing was changed.`;
    server.on(DECIDE_ROUTE, problem(409, 'approval_decided', detail));
    expect(await run('approve', APPROVAL.id)).toBe(1);
    expect(terminal.told).toContain('is rejected by bob');
  });

  it('asks for arguments that are an object', async () => {
    expect(await run('approve', APPROVAL.id, '--arguments', '50')).toBe(1);
    expect(terminal.told).toContain('--arguments must be a JSON object');
    expect(server.requests).toEqual([]);
  });

  it('says in a run what it waits for and how to decide', async () => {
    const asked = (id: string, { kind, question }: Approval, at: string) =>
      sse('approval.requested', { approval_id: id, kind, question, name: 'refund_payment' }, at);
    const decided = sse('approval.decided', { name: 'refund_payment', state: 'approved', decided_by: 'ada' }, '1-3');
    const [queued = ''] = RUN_EVENTS;
    const asks = [asked('a-1', APPROVAL, '1-1'), asked('a-2', QUESTION, '1-2'), decided];
    const events = [queued, ...asks, ...RUN_EVENTS.slice(-1)];
    server.on('POST /api/llm/interact', stream(events));
    await run('interact', '--message', 'Hello');
    expect(terminal.told).toContain('? Pay?\n  waits for a person: troupe approve a-1, or troupe reject a-1\n');
    expect(terminal.told).toContain('? Which size?\n  waits for an answer: troupe answer a-2 <answer>\n');
    expect(terminal.told).toContain('refund_payment: approved by ada\n');
  });
});
