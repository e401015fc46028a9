import { answerOf, messageOf, remarkOf } from '../load/case-message.js';
import { type CasePlan, callName, TOOL_CLASSES, type ToolName } from '../load/case-plan.js';
import type { SeenEvent } from '../load/history.js';
import type { Evidence } from './evidence.js';

/** A case with two tools in one round, whose first worker died in mid-stream: `Case a` of tenant `t`. */
const CALLS: ToolName[] = ['charge', 'lookup'];
const PLAN: CasePlan = { id: 'a', rounds: [CALLS], tokens: 2, paceMs: 0 };
const RUN = 'run-a';
const THREAD = 'thread-a';
const TENANT = 't';

/** Evidence of a round in which nothing went wrong: what tests plant violations in. */
export function cleanEvidence(): Evidence {
  const own = { run_id: RUN, tenant_id: TENANT };
  const message = (id: string, parent_id: string | null, role: string, ...content: object[]) => ({
    id,
    parent_id,
    role,
    agent: role === 'user' ? null : 'witness',
    content: content as Evidence['database']['messages'][number]['content'],
    thread_id: THREAD,
    ...own,
  });
  const said = (value: string) => ({ type: 'text', text: value });
  const results = CALLS.map((name, index) => {
    const call = callName('a', 0, index);
    return { name, id: `call-${index}`, call, result: JSON.stringify({ done: call }) };
  });
  const resultMessages = results.map(({ id, result }, index) =>
    message(`m${index + 3}`, `m${index + 2}`, 'tool', {
      type: 'tool_result',
      tool_call_id: id,
      status: 'completed',
      content: result,
    }),
  );
  const log = cleanLog();
  return {
    history: [
      { at: 1, case: 'a', type: 'invoke', op: 'start', plan: PLAN, tenant: TENANT, key: 'a', poisoned: false },
      { at: 2, case: 'a', type: 'ok', op: 'start', runId: RUN, threadId: THREAD },
      { at: 3, case: 'a', type: 'ok', op: 'duplicate', runId: RUN },
      { at: 3, case: 'a', type: 'fail', op: 'foreign', status: 404 },
      // A live reader sees what died with its worker, too; it is withdrawn.
      { at: 9, case: 'a', type: 'read', runId: RUN, from: 'live', events: withLostText(log), ended: true },
      { at: 9, case: 'a', type: 'read', runId: RUN, from: 'replay', events: [...log], ended: true },
      { at: 9, case: 'a', type: 'answer', runId: RUN, status: 'completed', response: answerOf(PLAN) },
    ],
    provider: [
      providerCall(1, 0, 'aborted', 20, 1),
      providerCall(2, 0, 'completed', 20, 9),
      providerCall(3, 1, 'completed', 40, 3),
    ],
    tools: results.map(({ name, call }, index) => ({
      at: 6,
      tool: name,
      call,
      key: `key-${index}`,
      runId: RUN,
      tenantId: TENANT,
      done: true,
      reply: 'answered',
    })),
    database: {
      runs: [
        {
          id: RUN,
          tenant_id: TENANT,
          thread_id: THREAD,
          agent: 'witness',
          parent_run_id: null,
          parent_tool_call_id: null,
          depth: 0,
          status: 'completed',
          stop_reason: 'end_turn',
          error_code: null,
          attempt: 3,
          input_message_id: 'm1',
          output_message_id: 'm5',
          created_at: 1,
          finished_at: 8,
          deadline_at: 45_000,
        },
      ],
      steps: [
        { run_id: RUN, index: 0, kind: 'model', attempt: 2 },
        { run_id: RUN, index: 1, kind: 'tools', attempt: 2 },
        { run_id: RUN, index: 2, kind: 'model', attempt: 3 },
      ],
      messages: [
        message('m1', null, 'user', said(messageOf(PLAN))),
        message(
          'm2',
          'm1',
          'assistant',
          said(remarkOf('a', 0)),
          ...results.map(({ id }) => ({ type: 'tool_call', id })),
        ),
        ...resultMessages,
        message('m5', 'm4', 'assistant', said(answerOf(PLAN))),
      ],
      threads: [{ id: THREAD, tenant_id: TENANT, head_message_id: 'm5', message_count: 5, parent_run_id: null }],
      toolCalls: results.map(({ name, id, call, result }, index) => ({
        ...own,
        id: `tool-call-${index}`,
        name,
        call,
        by: null,
        call_id: id,
        effect: TOOL_CLASSES[name],
        state: 'completed',
        result,
        subrun_id: null,
        finished_at: 7,
      })),
      approvals: [],
      events: log.map((event) => ({ run_id: RUN, event })),
      ledger: [
        { ...own, attempt: 1, call: 1, outcome: 'unknown', input_tokens: 0, output_tokens: 0, estimated: true },
        { ...own, attempt: 2, call: 1, outcome: 'completed', input_tokens: 20, output_tokens: 9, estimated: false },
        { ...own, attempt: 3, call: 1, outcome: 'completed', input_tokens: 40, output_tokens: 3, estimated: false },
      ],
      judgeLedger: [],
      transitions: [
        { run_id: RUN, at: 2, old_status: 'queued', status: 'running', attempt: 1 },
        { run_id: RUN, at: 4, old_status: 'running', status: 'running', attempt: 2 },
        { run_id: RUN, at: 5, old_status: 'running', status: 'waiting', attempt: 2 },
        { run_id: RUN, at: 6, old_status: 'waiting', status: 'queued', attempt: 2 },
        { run_id: RUN, at: 7, old_status: 'queued', status: 'running', attempt: 3 },
        { run_id: RUN, at: 8, old_status: 'running', status: 'completed', attempt: 3 },
      ],
      overdueFollowUps: 0,
    },
    exits: [
      { name: 'llm-worker-1', at: 3, pid: 7, ended: 'SIGKILL', expected: true, starting: false },
      { name: 'gateway-1', at: 4, pid: 8, ended: 0, expected: true, starting: false },
      { name: 'tool-worker-1', at: 5, pid: 9, ended: 1, expected: false, starting: true },
    ],
    unhandled: [],
    recoveries: [{ what: 'run', id: RUN, tookMs: 2_500 }],
    providerHarmed: false,
  };
}

function cleanLog(): SeenEvent[] {
  const event = (attempt: number, n: number, type: string, data: object = {}): SeenEvent => [
    attempt,
    n,
    type,
    JSON.stringify(data),
  ];
  const [first = '', second = ''] = answerOf(PLAN).split(/(?= \w+$)/);
  return [
    event(0, 1, 'run.queued'),
    event(1, 1, 'step.started', { step: 0 }),
    event(2, 1, 'step.restarted', { step: 0, withdraw_after: '0-1' }),
    event(2, 2, 'step.started', { step: 0 }),
    event(2, 3, 'text.delta', { delta: remarkOf('a', 0) }),
    event(2, 4, 'tool_call.requested', { name: 'charge' }),
    event(2, 5, 'tool_call.requested', { name: 'lookup' }),
    event(2, 6, 'tool_call.completed', { name: 'lookup' }),
    event(2, 7, 'tool_call.completed', { name: 'charge' }),
    event(3, 1, 'step.started', { step: 2 }),
    event(3, 2, 'text.delta', { delta: first }),
    event(3, 3, 'text.delta', { delta: second }),
    event(3, 4, 'run.completed', { run_id: RUN, stop_reason: 'end_turn' }),
  ];
}

function withLostText(log: readonly SeenEvent[]): SeenEvent[] {
  const lost: SeenEvent = [1, 2, 'text.delta', JSON.stringify({ delta: 'Rou' })];
  return [...log.slice(0, 2), lost, ...log.slice(2)];
}

function providerCall(number: number, turn: number, outcome: string, inputTokens: number, outputTokens: number) {
  return {
    number,
    at: 3,
    endedAt: 4,
    case: 'a',
    turn,
    speaker: 'witness' as const,
    misfits: 0,
    outcome,
    tokensEmitted: outputTokens,
    inputTokens,
    outputTokens,
  };
}
