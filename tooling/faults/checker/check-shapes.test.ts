import { describe, expect, test } from '@jest/globals';
import type { CasePlan } from '../load/case-plan.js';
import { checkEvidence } from './check-evidence.js';
import { type CleanDecision, cleanCase } from './clean-case.js';
import type { Evidence } from './evidence.js';

/** The part of a list that exists in the clean evidence. */
function the<T>(values: readonly T[], wanted: (value: T) => boolean = () => true): T {
  const value = values.find(wanted);
  if (value === undefined) throw new Error('it is not there');
  return value;
}

const WORDS = { tokens: 3, paceMs: 0 };

/** A case of each kind, and how its person decides. */
const CASES: Record<string, [plan: CasePlan, decisions?: CleanDecision[]]> = {
  asking: [
    { id: 'r1-0-1', ...WORDS, rounds: [['refund', 'lookup', 'ask_user'], ['release'], ['refund']] },
    ['approve', 'edit', 'reject'],
  ],
  handing: [{ id: 'r1-0-2', ...WORDS, rounds: [['charge', 'transfer_to_clerk'], ['lookup']] }],
  calling: [{ id: 'r1-0-3', ...WORDS, rounds: [['ask_witness', 'ask_clerk', 'ask_editor'], ['lookup']] }],
  deep: [{ id: 'r1-0-4', ...WORDS, rounds: [['ask_manager']] }],
  secret: [{ id: 'r1-0-5', ...WORDS, rounds: [['lookup']], holds: 'secret' }],
  forbidden: [{ id: 'r1-0-6', ...WORDS, rounds: [], holds: 'forbidden' }],
  typed: [{ id: 'r1-0-7', ...WORDS, rounds: [['lookup']], misfits: 2 }],
};

const evidenceOf = (name: string) => cleanCase(...(CASES[name] ?? the([])));

const approvals = ({ database }: Evidence, state: string) => database.approvals.filter((row) => row.state === state);
const approval = (evidence: Evidence, state = 'approved') => the(approvals(evidence, state));
const edited = ({ database }: Evidence) => the(database.approvals, (row) => row.edited);
const callOf = ({ database }: Evidence, { tool_call_id }: { tool_call_id: string }) =>
  the(database.toolCalls, ({ id }) => id === tool_call_id);
const sendOf = (evidence: Evidence, row: { tool_call_id: string }) =>
  the(evidence.tools, ({ call }) => call === callOf(evidence, row).call);
const child = ({ database }: Evidence) => the(database.runs, ({ parent_run_id }) => parent_run_id !== null);
const root = ({ database }: Evidence) => the(database.runs, ({ parent_run_id }) => parent_run_id === null);
const asking = (evidence: Evidence) =>
  the(evidence.database.toolCalls, ({ subrun_id }) => subrun_id === child(evidence).id);

/** Without the first event of a type in the log of a run. */
function unsay({ database }: Evidence, runId: string, type: string): void {
  const index = database.events.findIndex(({ run_id, event }) => run_id === runId && event[2] === type);
  database.events.splice(index, 1);
}

function saySomethingTwice({ database }: Evidence, runId: string, type: string): void {
  database.events.push(the(database.events, ({ run_id, event }) => run_id === runId && event[2] === type));
}

const PLANTED: Record<string, [invariant: string, kind: string, plant: (evidence: Evidence) => void]> = {
  'a call that needs it has no approval': [
    'approvals',
    'asking',
    (e) => e.database.approvals.splice(e.database.approvals.indexOf(approval(e)), 1),
  ],
  'a call that needs none has one': [
    'approvals',
    'asking',
    (e) => (approval(e).tool_call_id = the(e.database.toolCalls, ({ name }) => name === 'lookup').id),
  ],
  'an approval is of no call': [
    'approvals',
    'asking',
    (e) => e.database.approvals.push({ ...approval(e), tool_call_id: 'x' }),
  ],
  'two decisions are taken': [
    'approvals',
    'asking',
    (e) =>
      e.history.push({ at: 9, case: 'r1-0-1', type: 'decided', approvalId: approval(e).id, by: 'ben', outcome: 'ok' }),
  ],
  'a decision is taken and another is stored': ['approvals', 'asking', (e) => (approval(e).decided_by = 'ben')],
  'a no is stored as a yes': ['approvals', 'asking', (e) => (approval(e, 'rejected').state = 'approved')],
  'a yes is stored as a no': ['approvals', 'asking', (e) => (approval(e).state = 'rejected')],
  'nobody decided': ['approvals', 'asking', (e) => (approval(e).decided_by = null)],
  'somebody decided who never did': [
    'approvals',
    'asking',
    (e) => (e.history = e.history.filter(({ type }) => type !== 'decide')),
  ],
  'changed arguments are forgotten': ['approvals', 'asking', (e) => delete sendOf(e, edited(e)).by],
  'changed arguments are not stored': ['approvals', 'asking', (e) => (callOf(e, edited(e)).by = null)],
  'a call is sent before it is approved': ['approvals', 'asking', (e) => (sendOf(e, approval(e)).at -= 100)],
  'a rejected call is sent': [
    'approvals',
    'asking',
    (e) => e.tools.push({ ...sendOf(e, approval(e)), key: 'other', call: callOf(e, approval(e, 'rejected')).call }),
  ],
  'a rejected call has a result': [
    'approvals',
    'asking',
    (e) => (callOf(e, approval(e, 'rejected')).state = 'completed'),
  ],
  'an approved effect is sent twice': ['I6', 'asking', (e) => e.tools.push({ ...sendOf(e, approval(e)) })],
  'an answer is another one': ['approvals', 'asking', (e) => (approval(e, 'answered').answer = 'else')],
  'an answer never becomes the result': [
    'approvals',
    'asking',
    (e) => (callOf(e, approval(e, 'answered')).result = 'else'),
  ],
  'an approval is left open for ever': ['approvals', 'asking', (e) => (approval(e).forgotten = true)],
  'a question is not told': ['approvals', 'asking', (e) => unsay(e, root(e).id, 'approval.requested')],
  'a decision is told twice': ['approvals', 'asking', (e) => saySomethingTwice(e, root(e).id, 'approval.decided')],
  'a question of a run below is not told above': [
    'approvals',
    'calling',
    (e) => unsay(e, root(e).id, 'approval.requested'),
  ],
  "another tenant's approval": ['I10', 'asking', (e) => (approval(e).tenant_id = 'u')],

  'another agent answers than the one that took over': [
    'handoffs',
    'handing',
    (e) => (the(e.provider, ({ turn }) => turn === 1).speaker = 'triage'),
  ],
  'nobody took over': ['handoffs', 'handing', (e) => unsay(e, root(e).id, 'handoff.occurred')],
  'an agent takes over twice': ['handoffs', 'handing', (e) => saySomethingTwice(e, root(e).id, 'handoff.occurred')],
  'the run stays with the first agent': ['handoffs', 'handing', (e) => (root(e).agent = 'triage')],
  'an answer is by another agent': [
    'handoffs',
    'handing',
    (e) => (the(e.database.messages, ({ agent }) => agent === 'clerk').agent = 'triage'),
  ],
  'a tool of a turn that hands over is sent': [
    'handoffs',
    'handing',
    (e) => e.tools.push({ ...the(e.tools), tool: 'charge', call: 'r1-0-2/0/0', key: 'other' }),
  ],

  'one call makes two runs': ['subruns', 'calling', (e) => e.database.runs.push({ ...child(e), id: 'run-x' })],
  'a run is below none that is there': ['subruns', 'calling', (e) => (child(e).parent_run_id = 'run-x')],
  'a call waits for another run': ['subruns', 'calling', (e) => (asking(e).subrun_id = root(e).id)],
  'a run below is on the thread above': ['subruns', 'calling', (e) => (child(e).thread_id = root(e).thread_id)],
  'a run below is deeper than it is': ['subruns', 'deep', (e) => (child(e).depth = 3)],
  'a call has its result before its run has ended': [
    'subruns',
    'calling',
    (e) => (child(e).finished_at = (asking(e).finished_at ?? 0) + 1),
  ],
  'a run ends before one below it': ['subruns', 'calling', (e) => (root(e).finished_at = 1)],
  'a call has the result of another run': [
    'subruns',
    'calling',
    (e) => (asking(e).result = the(e.database.toolCalls, (row) => row.subrun_id !== null && row !== asking(e)).result),
  ],
  'the thread above reads something else': ['I4', 'calling', (e) => (asking(e).result = 'else')],
  'a call completes by a run that failed': ['subruns', 'calling', (e) => (child(e).status = 'failed')],
  'a call of an agent is answered by nobody': ['subruns', 'calling', (e) => (asking(e).subrun_id = null)],
  'a start is told twice': ['subruns', 'calling', (e) => saySomethingTwice(e, root(e).id, 'subrun.started')],
  'an end is not told': ['subruns', 'calling', (e) => unsay(e, root(e).id, 'subrun.completed')],
  'a run below goes on when the one above has been cancelled': [
    'subruns',
    'calling',
    (e) => {
      Object.assign(root(e), { status: 'cancelled', finished_at: 2 });
      child(e).finished_at = 70_000;
    },
  ],
  'a run below completes when the one above has ended': [
    'subruns',
    'calling',
    (e) => {
      Object.assign(root(e), { status: 'cancelled', finished_at: 2 });
      child(e).finished_at = 15_000;
    },
  ],
  'a run below makes calls when the one above has ended': [
    'subruns',
    'calling',
    (e) => (the(e.provider, (call) => call.case === 'r1-0-3.0.0').at = 40_000),
  ],
  'a run below makes calls long after the cancel': [
    'G12',
    'calling',
    (e) => {
      e.history.push({ at: 5, case: 'r1-0-3', type: 'ok', op: 'cancel', runId: root(e).id });
      the(e.provider, (call) => call.case === 'r1-0-3.0.0').at = 6_000;
    },
  ],
  'a run below is cancelled and nobody asked': ['G2', 'calling', (e) => (child(e).status = 'cancelled')],
  'the words of a run below are others': [
    'I4',
    'calling',
    (e) => {
      const message = the(e.database.messages, ({ id }) => id === child(e).output_message_id);
      message.content = [{ type: 'text', text: 'else' }];
    },
  ],

  'a reader sees what is taken out': [
    'guardrails',
    'secret',
    (e) => {
      const read = the(e.history, ({ type }) => type === 'read');
      if (read.type === 'read') the(read.events, ([, , type]) => type === 'text.delta')[3] = '{"delta":"secret-x1"}';
    },
  ],
  'a message keeps what is taken out': [
    'guardrails',
    'secret',
    (e) =>
      (the(e.database.messages, ({ role }) => role === 'assistant').content[0] = { type: 'text', text: 'secret-x1' }),
  ],
  'a result keeps what is taken out': [
    'guardrails',
    'secret',
    (e) => (the(e.database.toolCalls).result += 'secret-x1'),
  ],
  'a log keeps what is taken out': [
    'guardrails',
    'forbidden',
    (e) => (the(e.database.events, ({ event }) => event[2] === 'text.delta').event[3] = '{"delta":"forbidden-x1"}'),
  ],
  'what is forbidden does not end the run': ['guardrails', 'forbidden', (e) => (root(e).stop_reason = 'end_turn')],
  'a guardrail ends a run that holds nothing forbidden': [
    'guardrails',
    'secret',
    (e) => (root(e).stop_reason = 'guardrail'),
  ],
  'nobody is told of a guardrail': ['guardrails', 'secret', (e) => unsay(e, root(e).id, 'guardrail.tripped')],
  'an answer passes that the judge has not read': [
    'guardrails',
    'secret',
    (e) =>
      e.provider.splice(
        e.provider.findIndex(({ judged }) => judged === 'output'),
        1,
      ),
  ],
  'a guardrail fails for no reason': [
    'G2',
    'secret',
    (e) =>
      (the(e.database.events, ({ event }) => event[2] === 'guardrail.tripped').event[3] =
        '{"on":"output","failed":true}'),
  ],
  'a call of a judge is not billed': ['judges', 'secret', (e) => e.database.judgeLedger.splice(0, 1)],
  'a call of a judge is billed twice': [
    'judges',
    'secret',
    (e) => e.database.judgeLedger.push({ ...the(e.database.judgeLedger) }),
  ],
  'a call of a judge is billed with other numbers': [
    'judges',
    'secret',
    (e) => (the(e.database.judgeLedger).output_tokens = 99),
  ],

  'the output is another one': ['output', 'typed', (e) => (root(e).output = { case: 'x', words: [] })],
  'the output is not stored': ['output', 'typed', (e) => delete root(e).output],
  'an output is stored that nobody asked for': ['output', 'asking', (e) => (root(e).output = 1)],
  'the API answers with another output': [
    'output',
    'typed',
    (e) =>
      Object.assign(
        the(e.history, ({ type }) => type === 'answer'),
        { output: null },
      ),
  ],
  'the model is corrected too often': ['output', 'typed', (e) => (the(e.provider).misfits = 3)],
  'a run completes after too many misfits': [
    'output',
    'typed',
    (e) => {
      const start = the(e.history);
      if (start.type === 'invoke' && start.op === 'start') start.plan = { ...start.plan, misfits: 3 };
    },
  ],
  'a run fails for its output and had answers left': [
    'G2',
    'typed',
    (e) => Object.assign(root(e), { status: 'failed', error_code: 'output_invalid' }),
  ],
  'a run fails for an approval that did not expire': [
    'G2',
    'asking',
    (e) => Object.assign(root(e), { status: 'failed', error_code: 'approval_expired' }),
  ],
};

describe('checkEvidence of cases with people, agents, guardrails and schemas', () => {
  test.each(Object.keys(CASES))('finds nothing where nothing is wrong: %s', (name) => {
    expect(checkEvidence(evidenceOf(name))).toEqual([]);
  });

  test.each(Object.entries(PLANTED))('%s', (_name, [invariant, kind, plant]) => {
    const evidence = evidenceOf(kind);
    plant(evidence);
    expect(checkEvidence(evidence).map((violation) => violation.invariant)).toContain(invariant);
  });

  test('a judge may have been shown an error that names no case', () => {
    const evidence = evidenceOf('secret');
    delete the(evidence.provider, ({ judged }) => judged === 'input').case;
    expect(checkEvidence(evidence)).toEqual([]);
  });

  test('the cases have every kind of call in them', () => {
    const { database } = evidenceOf('calling');
    expect(database.approvals.length).toBeGreaterThan(0);
    expect(database.judgeLedger.length).toBeGreaterThan(0);
    expect(evidenceOf('deep').database.runs.length).toBeGreaterThan(2);
  });
});
