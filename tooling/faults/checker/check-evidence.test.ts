import { describe, expect, test } from '@jest/globals';
import type { SeenEvent } from '../load/history.js';
import { checkEvidence } from './check-evidence.js';
import { cleanEvidence } from './clean-evidence.js';
import type { Evidence } from './evidence.js';

type History = Evidence['history'];
type Read = Extract<History[number], { type: 'read' }>;

/** The part of a list that exists in the clean evidence. */
function at<T>(values: readonly T[], index: number): T {
  const value = values.at(index);
  if (value === undefined) throw new Error(`nothing at ${index}`);
  return value;
}

const run = ({ database }: Evidence) => at(database.runs, 0);
const reads = ({ history }: Evidence) => history.filter((entry): entry is Read => entry.type === 'read');
const live = (evidence: Evidence) => at(reads(evidence), 0);
const say = (evidence: Evidence, entry: object) =>
  evidence.history.push({ at: 5, case: 'a', ...entry } as History[number]);

/** Changes the log and what every reader got in the same way. */
function rewrite(evidence: Evidence, change: (events: SeenEvent[]) => SeenEvent[]): void {
  const { database } = evidence;
  for (const read of reads(evidence)) read.events = change(read.events);
  database.events = change(database.events.map(({ event }) => event)).map((event) => ({ run_id: 'run-a', event }));
}

/** Ends the run in another way, consistently but for its reason. */
function end(evidence: Evidence, status: string, errorCode: string | null): void {
  Object.assign(run(evidence), { status, error_code: errorCode });
  at(evidence.database.transitions, -1).status = status;
  const last = (events: SeenEvent[]) =>
    events.map((event, index) => (index === events.length - 1 ? renamed(event) : event));
  const renamed = ([attempt, n, , data]: SeenEvent): SeenEvent => [attempt, n, `run.${status}`, data];
  rewrite(evidence, last);
  evidence.history = evidence.history.filter(({ type }) => type !== 'answer');
}

const PLANTED: Record<string, [invariant: string, plant: (evidence: Evidence) => void]> = {
  'an acknowledged run is not stored': [
    'I1',
    (e) => say(e, { type: 'ok', op: 'start', runId: 'another', threadId: '' }),
  ],
  'a run never ends': ['I1', (e) => Object.assign(run(e), { status: 'waiting' })],
  'a run leaves its end': [
    'I2',
    (e) =>
      e.database.transitions.push({ run_id: 'run-a', at: 9, old_status: 'completed', status: 'failed', attempt: 3 }),
  ],
  'a run ends twice': ['I2', (e) => e.database.transitions.push({ ...at(e.database.transitions, -1) })],
  'a key is answered with two runs': ['I9', (e) => say(e, { type: 'ok', op: 'duplicate', runId: 'run-b' })],
  'a request makes two runs': ['I9', (e) => e.database.runs.push({ ...run(e), id: 'run-b' })],
  'a refused request makes a run': [
    'I9',
    (e) => {
      e.history = e.history.filter(({ type }) => type !== 'ok');
      say(e, { type: 'fail', op: 'start', status: 409 });
    },
  ],
  'a reader misses an event': ['I3', (e) => live(e).events.splice(8, 1)],
  'a reader gets an event twice': ['I3', (e) => live(e).events.splice(8, 0, at(live(e).events, 8))],
  'a reader gets events out of order': ['I3', (e) => live(e).events.reverse()],
  'a reader gets other words': ['I3', (e) => (at(live(e).events, -2)[3] = '{"delta":"else"}')],
  'withdrawn text stays': ['I3', (e) => live(e).events.splice(3, 1)],
  'a reader never sees the end': ['I3', (e) => (live(e).ended = false)],
  'a replay leaves out what was withdrawn': ['I3', (e) => at(reads(e), 1).events.splice(1, 1)],
  'the log has a gap': ['I3', (e) => rewrite(e, (events) => events.filter(([attempt, n]) => attempt !== 3 || n !== 2))],
  'the log says another end than the run': [
    'I3',
    (e) => rewrite(e, (events) => [...events.slice(0, -1), [3, 4, 'run.failed', '{}']]),
  ],
  'the log goes on after the end': [
    'I3',
    (e) => rewrite(e, (events) => [...events, [4, 1, 'text.delta', '{"delta":""}']]),
  ],
  'the text of the log is not the answer': [
    'I3',
    (e) =>
      rewrite(e, (events) =>
        events.map((event) => (event[2] === 'text.delta' ? [event[0], event[1], event[2], '{"delta":"x"}'] : event)),
      ),
  ],
  'a message is lost': ['I4', (e) => e.database.messages.splice(1, 1)],
  'a message is doubled': ['I4', (e) => e.database.messages.push({ ...at(e.database.messages, 4), id: 'm6' })],
  'a tool result is lost': ['I4', (e) => e.database.messages.splice(2, 1)],
  'a tool result is doubled': [
    'I4',
    (e) => at(e.database.messages, 3).content.push(...at(e.database.messages, 2).content),
  ],
  'a tool result stays pending': [
    'I4',
    (e) => Object.assign(at(at(e.database.messages, 2).content, 0), { status: 'pending' }),
  ],
  'the answer is half there': ['I4', (e) => Object.assign(at(at(e.database.messages, 4).content, 0), { text: 'a la' })],
  'the API answers something else': ['I4', (e) => Object.assign(at(e.history, -1), { response: 'else' })],
  'a message is not on the chain of its thread': [
    'I4',
    (e) => Object.assign(at(e.database.messages, 4), { parent_id: 'm2' }),
  ],
  'a thread counts wrongly': ['I4', (e) => Object.assign(at(e.database.threads, 0), { message_count: 4 })],
  'a step is missing': ['I5', (e) => e.database.steps.splice(1, 1)],
  'a step is done twice': [
    'I5',
    (e) => e.database.steps.push({ run_id: 'run-a', index: 3, kind: 'model', attempt: 3 }),
  ],
  'a step is by an attempt that had lost the run': [
    'I5',
    (e) => Object.assign(at(e.database.steps, 2), { attempt: 1 }),
  ],
  'a step is by an attempt that never held the run': [
    'I5',
    (e) => (e.database.transitions = e.database.transitions.filter(({ attempt }) => attempt !== 2)),
  ],
  'an effect is sent twice': ['I6', (e) => e.tools.push({ ...at(e.tools, 0) })],
  'a repeated read has another key': ['I6', (e) => e.tools.push({ ...at(e.tools, 1), key: 'another' })],
  'two calls share a key': ['I6', (e) => Object.assign(at(e.tools, 1), { key: 'key-0' })],
  'a call is sent without a key': ['I6', (e) => Object.assign(at(e.tools, 0), { key: '' })],
  'a call is sent that is not stored': ['I6', (e) => e.database.toolCalls.splice(0, 1)],
  'a result is made up': ['I6', (e) => e.tools.splice(0, 1)],
  'a result belongs to another call': [
    'I6',
    (e) => Object.assign(at(e.database.toolCalls, 0), { result: at(e.database.toolCalls, 1).result }),
  ],
  'a cancelled call was sent': ['I6', (e) => Object.assign(at(e.database.toolCalls, 0), { state: 'cancelled' })],
  'a call of the provider is not billed': ['I7', (e) => e.database.ledger.splice(0, 1)],
  'a call is billed twice': ['I7', (e) => e.database.ledger.push({ ...at(e.database.ledger, 2) })],
  'a call is billed with other numbers': ['I7', (e) => Object.assign(at(e.database.ledger, 2), { output_tokens: 30 })],
  "another tenant's key is shown a run": ['I10', (e) => say(e, { type: 'ok', op: 'foreign', runId: 'run-a' })],
  'a row belongs to another tenant': ['I10', (e) => Object.assign(at(e.database.messages, 2), { tenant_id: 'u' })],
  'a tool is sent for another tenant': ['I10', (e) => Object.assign(at(e.tools, 0), { tenantId: 'u' })],
  'a run of a killed worker never moves again': [
    'I11',
    (e) => Object.assign(at(e.recoveries, 0), { tookMs: undefined }),
  ],
  'a run of a killed worker takes minutes': ['I11', (e) => Object.assign(at(e.recoveries, 0), { tookMs: 120_000 })],
  'a process ends by itself': ['I12', (e) => Object.assign(at(e.exits, 1), { expected: false })],
  'a process does not end cleanly when told to': ['I12', (e) => Object.assign(at(e.exits, 1), { ended: 1 })],
  'a rejection is not handled': ['I13', (e) => e.unhandled.push('a promise was rejected and nobody handled it')],
  'a tool call is left dispatched': ['I14', (e) => Object.assign(at(e.database.toolCalls, 0), { state: 'dispatched' })],
  'a follow-up waits for nobody': ['I14', (e) => (e.database.overdueFollowUps = 1)],
  'a run expires before its deadline': ['G2', (e) => end(e, 'expired', null)],
  'a run outlives its deadline by minutes': ['G2', (e) => Object.assign(run(e), { finished_at: 200_000 })],
  'a run fails for no reason': ['G2', (e) => end(e, 'failed', 'provider_unavailable')],
  'a run fails for a reason of ours': ['G2', (e) => end(e, 'failed', 'internal_error')],
  'a run is cancelled and nobody asked': ['G2', (e) => end(e, 'cancelled', null)],
  'a run that kills its workers completes': ['G2', (e) => Object.assign(at(e.history, 0), { poisoned: true })],
  'a call starts long after a cancel': [
    'G12',
    (e) => {
      say(e, { type: 'invoke', op: 'cancel' });
      say(e, { type: 'ok', op: 'cancel', runId: 'run-a' });
      Object.assign(at(e.provider, 2), { at: 6_000 });
    },
  ],
};

describe('checkEvidence', () => {
  test('finds nothing where nothing is wrong', () => {
    expect(checkEvidence(cleanEvidence())).toEqual([]);
  });

  test.each(Object.entries(PLANTED))('%s', (_name, [invariant, plant]) => {
    const evidence = cleanEvidence();
    plant(evidence);
    expect(checkEvidence(evidence).map((violation) => violation.invariant)).toContain(invariant);
  });

  test('every request whose fate nobody knows may have made a run or none', () => {
    const evidence = cleanEvidence();
    evidence.history = evidence.history.filter(({ type }) => type === 'invoke');
    say(evidence, { type: 'unknown', op: 'start', reason: 'reset' });
    expect(checkEvidence(evidence)).toEqual([]);
    Object.assign(evidence, { provider: [], tools: [] });
    for (const rows of Object.values(evidence.database)) if (Array.isArray(rows)) rows.length = 0;
    expect(checkEvidence({ ...evidence, recoveries: [] })).toEqual([]);
  });

  test('a failure that a fault explains is none', () => {
    const evidence = cleanEvidence();
    end(evidence, 'failed', 'provider_unavailable');
    Object.assign(at(evidence.provider, 0), { fault: 1 });
    expect(checkEvidence(evidence)).toEqual([]);
  });
});
