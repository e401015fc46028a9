import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ContentPart, isTerminal, newId, type RunEventBody, type RunStatus, TroupeError } from '@troupe/contracts';
import fc from 'fast-check';
import { decideApproval } from '../approvals/decide-approval.js';
import { expireApproval } from '../approvals/expire-approval.js';
import type { NewApproval } from '../approvals/new-approval.js';
import { completeToolCall } from '../tool-calls/complete-tool-call.js';
import { dispatchToolCall } from '../tool-calls/dispatch-tool-call.js';
import { advanceThread } from './advance-thread.js';
import { cancelRun, endParkedRun } from './cancel-run.js';
import { type ClaimedRun, claimRun } from './claim-run.js';
import { commitStep } from './commit-step.js';
import { Conversations } from './double-texting.test-harness.js';
import { findCancelledRuns } from './find-due-runs.js';
import { pauseRun, resumeRun } from './pause-run.js';
import type { NewMessage, NewToolCall, NextState, StepCommit } from './step-commit.js';

/** What people and workers do to one thread; numbers choose among what there is. Some of it comes late, or twice. */
type Act =
  | { do: 'send'; strategy: 'reject' | 'enqueue' | 'interrupt' | 'rollback' | 'steer' }
  | { do: 'claim'; run: number }
  | { do: 'worker dies'; run: number }
  | {
      do: 'commit';
      claim: number;
      as: 'answer' | 'failure' | 'retry' | 'correction' | 'hand-back' | 'end';
      tools: number;
      asks: number;
    }
  | { do: 'send tool'; call: number }
  | { do: 'tool result'; sent: number }
  | { do: 'decide'; approval: number; verb: 'approve' | 'reject' }
  | { do: 'nobody decides'; approval: number }
  | { do: 'cancel' | 'expire' | 'pause' | 'resume'; run: number }
  | { do: 'advance thread' };

const some = fc.nat({ max: 50 });
const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      strategy: fc.constantFrom('reject', 'enqueue', 'interrupt', 'rollback', 'steer'),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('claim' as const), run: some }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('worker dies' as const), run: some }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('commit' as const),
      claim: some,
      as: fc.constantFrom('answer', 'answer', 'answer', 'failure', 'retry', 'correction', 'hand-back', 'end'),
      tools: fc.constantFrom(0, 0, 1, 2),
      asks: fc.constantFrom(0, 0, 1, 2),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('send tool' as const), call: some }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('tool result' as const), sent: some }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('decide' as const),
      approval: some,
      verb: fc.constantFrom('approve', 'reject'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('nobody decides' as const), approval: some }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('cancel', 'expire', 'pause', 'resume'), run: some }) },
  { weight: 2, arbitrary: fc.constant({ do: 'advance thread' } as const) },
);

interface RunRow {
  id: string;
  status: RunStatus;
  stop_reason: string | null;
  finished_at: Date | null;
  attempt: number;
  step: number;
  blocked: boolean;
  pending_tool_calls: number;
  open_calls: number;
  wait_kind: string | null;
  stands_still: boolean;
  pending_asks: number;
  awaiting_calls: number;
  open_approvals: number;
}

let conversations: Conversations;

beforeAll(async () => {
  conversations = await Conversations.open();
});

afterAll(() => conversations.close());

/** One thread, all that ever happened to it, and what must be true of it at any time. */
class Story {
  readonly runs: string[] = [];
  readonly #claims: ClaimedRun[] = [];
  readonly #calls: NewToolCall[] = [];
  readonly #sent: { id: string; dispatches: number }[] = [];
  readonly #approvals: string[] = [];
  #before = new Map<string, RunRow>();

  private constructor(readonly threadId: string) {}

  static async begin(): Promise<Story> {
    const { runId, threadId } = await conversations.send('begins');
    const story = new Story(threadId);
    story.runs.push(runId);
    return story;
  }

  async act(act: Act): Promise<void> {
    const { database, tenantId } = conversations;
    switch (act.do) {
      case 'send': {
        const accepted = await refusable(conversations.send('says more', this.threadId, act.strategy));
        if (accepted && !accepted.steered) this.runs.push(accepted.runId);
        return;
      }
      case 'claim': {
        const claim = await claimRun(database, pick(this.runs, act.run), 'worker', 60);
        if (claim) this.#claims.push(claim);
        return;
      }
      case 'worker dies': {
        const text = `UPDATE runs SET lease_until = now() - interval '1 second' WHERE id = $1 AND status = 'running'`;
        await database.query({ name: 'test-die', text }, [pick(this.runs, act.run)]);
        return;
      }
      case 'commit': {
        if (this.#claims.length > 0) await this.#commit(pick(this.#claims, act.claim), act);
        return;
      }
      case 'send tool': {
        if (this.#calls.length === 0) return;
        const sent = await dispatchToolCall(database, pick(this.#calls, act.call).id, 60);
        if (sent) this.#sent.push(sent);
        return;
      }
      case 'tool result': {
        if (this.#sent.length === 0) return;
        const { id, dispatches } = pick(this.#sent, act.sent);
        await completeToolCall(database, { toolCallId: id, dispatches, state: 'completed', result: 'done' });
        return;
      }
      case 'decide': {
        if (this.#approvals.length === 0) return;
        const send = act.verb === 'approve';
        await refusable(
          decideApproval(database, {
            tenantId,
            approvalId: pick(this.#approvals, act.approval),
            state: send ? 'approved' : 'rejected',
            outcome: null,
            decidedBy: null,
            call: send ? { do: 'send' } : { do: 'complete', status: 'failed', result: 'no' },
          }),
        );
        return;
      }
      case 'nobody decides': {
        if (this.#approvals.length === 0) return;
        const id = pick(this.#approvals, act.approval);
        const text = `UPDATE approvals SET expires_at = now() WHERE id = $1 AND state = 'pending'`;
        await database.query({ name: 'test-overdue', text }, [id]);
        await expireApproval(
          database,
          id,
          (_, policy) =>
            policy === 'approve' ? { do: 'send' } : { do: 'complete', status: 'failed', result: 'too late' },
          () => ({ code: 'approval_expired', fault: 'caller', message: 'Too late.', retryable: false }),
        );
        return;
      }
      case 'cancel':
        await cancelRun(database, tenantId, pick(this.runs, act.run));
        return;
      case 'expire':
        await endParkedRun(database, pick(this.runs, act.run), 'expired', null);
        return;
      case 'pause':
        await refusable(pauseRun(database, tenantId, pick(this.runs, act.run)));
        return;
      case 'resume':
        await refusable(resumeRun(database, tenantId, pick(this.runs, act.run)));
        return;
      case 'advance thread':
        await advanceThread(database, this.threadId);
    }
  }

  /** Everybody does what is left to do. */
  async settle(): Promise<void> {
    const { database, tenantId } = conversations;
    for (const run of this.runs) await refusable(resumeRun(database, tenantId, run));
    for (let round = 0; round < 200; round++) {
      await advanceThread(database, this.threadId);
      // As every worker's own look does for a run whose worker died before it could end it.
      for (const id of await findCancelledRuns(database, 1_000))
        await endParkedRun(database, id, 'cancelled', tenantId);
      const open = (await this.#rows()).filter(({ status }) => !isTerminal(status));
      if (open.length === 0) return;
      for (const { id } of open) {
        const run = this.runs.indexOf(id);
        await this.act({ do: 'worker dies', run });
        await this.act({ do: 'claim', run });
        await this.act({ do: 'commit', claim: this.#claims.length - 1, as: 'answer', tools: 0, asks: 0 });
      }
      for (const approval of this.#approvals.keys()) await this.act({ do: 'decide', approval, verb: 'approve' });
      for (const call of this.#calls.keys()) await this.act({ do: 'send tool', call });
      for (const sent of this.#sent.keys()) await this.act({ do: 'tool result', sent });
    }
    throw new Error('The thread does not come to rest.');
  }

  async check(): Promise<void> {
    const rows = await this.#rows();
    for (const row of rows) {
      const before = this.#before.get(row.id);
      // What a tool of an ended run did may still become known.
      if (before && isTerminal(before.status)) expect({ ...row, open_calls: 0 }).toEqual({ ...before, open_calls: 0 });
      expect(row.attempt).toBeGreaterThanOrEqual(before?.attempt ?? 0);
      expect(row.step).toBeGreaterThanOrEqual(before?.step ?? 0);
      if (!isTerminal(row.status)) expect(row.pending_tool_calls).toBe(row.open_calls);
      expect([row.pending_asks, row.awaiting_calls]).toEqual([row.open_approvals, row.open_approvals]);
      const onlyPeople = row.status === 'waiting' && row.open_approvals === row.open_calls;
      expect([row.stands_still, row.wait_kind === 'approval' || row.wait_kind === 'input']).toEqual([
        onlyPeople,
        onlyPeople,
      ]);
    }
    expect(rows.filter((row) => !isTerminal(row.status) && !row.blocked).length).toBeLessThanOrEqual(1);
    this.#before = new Map(rows.map((row) => [row.id, row]));
    await this.#checkThread(rows);
    await this.#checkSteps();
    await this.#checkEvents();
  }

  async #commit(run: ClaimedRun, { as, tools: running, asks }: Act & { do: 'commit' }): Promise<void> {
    const tools = running + asks;
    const messages: NewMessage[] = [];
    const add = (id: string, role: NewMessage['role'], content: ContentPart[]) =>
      messages.push({ id, parent_id: messages.at(-1)?.id ?? run.headMessageId, role, content, model: null });
    const toolCalls: NewToolCall[] = [];
    if (as === 'answer') {
      for (const { id, content } of run.received) add(id, 'user', content);
      const calls = Array.from({ length: tools }, (_, index) => ({
        index,
        call_id: newId(),
        name: 'look_up',
        arguments: {},
      }));
      const said: ContentPart[] = calls.map(({ call_id, name }) => ({
        type: 'tool_call',
        id: call_id,
        name,
        arguments: {},
      }));
      add(newId(), 'assistant', [{ type: 'text', text: 'says something' }, ...said]);
      for (const call of calls) {
        const message_id = newId();
        const pending = {
          type: 'tool_result',
          tool_call_id: call.call_id,
          name: call.name,
          status: 'pending',
          content: '',
        } as const;
        add(message_id, 'tool', [pending]);
        toolCalls.push({ id: newId(), message_id, step: run.step + 1, effect: 'effect', ...call });
      }
    }
    const approvals = as === 'answer' ? toolCalls.slice(0, asks).map(approvalOf) : [];
    const next = nextState(as, { running, asks }, messages.at(-1)?.id ?? null);
    const commit: StepCommit = {
      runId: run.id,
      attempt: run.attempt,
      next,
      steps:
        as === 'answer'
          ? [
              {
                index: run.step,
                kind: 'model',
                model: 'm',
                finish_reason: 'stop',
                usage: null,
                started_at: new Date().toISOString(),
              },
            ]
          : [],
      messages,
      toolCalls,
      approvals,
      ledger: [],
      followUps: [],
      events: eventsOf(run, next),
      firstEvent: 1,
      receivedRead: as === 'answer' ? run.received.length : 0,
      ...(as === 'correction' && { refused: { count: 1, step: run.step, tail: [] } }),
    };
    const { database } = conversations;
    const goesOn = { status: 'queued', wakeInMs: 0, because: 'next_step' } as const;
    const committed =
      (await commitStep(database, commit)) ??
      (next.status === 'completed' && (await commitStep(database, { ...commit, next: goesOn, events: [] })));
    if (committed) {
      this.#calls.push(...toolCalls);
      this.#approvals.push(...approvals.map(({ id }) => id));
    }
  }

  #rows(): Promise<RunRow[]> {
    const calls = (condition: string) =>
      `(SELECT count(*)::integer FROM tool_calls WHERE run_id = runs.id AND ${condition})`;
    const text = `SELECT id, status, stop_reason, finished_at, attempt, step, blocked, pending_tool_calls, wait_kind,
        awaiting_since IS NOT NULL AS stands_still, pending_approvals + pending_inputs AS pending_asks,
        ${calls(`state IN ('awaiting', 'prepared', 'dispatched')`)} AS open_calls,
        ${calls(`state = 'awaiting'`)} AS awaiting_calls,
        (SELECT count(*)::integer FROM approvals WHERE run_id = runs.id AND state = 'pending') AS open_approvals
      FROM runs WHERE thread_id = $1 ORDER BY id`;
    return conversations.database.query<RunRow>({ name: 'test-story-runs', text }, [this.threadId]);
  }

  /** The line of messages is whole: as long as it says, each call followed by its results, in order. */
  async #checkThread(rows: RunRow[]): Promise<void> {
    const { active_run_id, waiting_runs, message_count } = await conversations.thread(this.threadId);
    expect(waiting_runs).toBe(rows.filter((row) => row.status === 'queued' && row.blocked).length);
    expect(active_run_id ?? undefined).toBe(rows.find((row) => !isTerminal(row.status) && !row.blocked)?.id);
    const text = `WITH RECURSIVE chain AS (
        SELECT m.id, m.parent_id, m.content, 1 AS depth FROM threads JOIN messages m ON m.id = head_message_id WHERE threads.id = $1
        UNION ALL
        SELECT m.id, m.parent_id, m.content, depth + 1 FROM chain JOIN messages m ON m.id = chain.parent_id
      )
      SELECT id, content FROM chain ORDER BY depth DESC`;
    const line = await conversations.database.query<{ id: string; content: ContentPart[] }>(
      { name: 'test-story-line', text },
      [this.threadId],
    );
    expect(line).toHaveLength(message_count);
    expect(line.map(({ id }) => id)).toEqual(line.map(({ id }) => id).sort());
    let due: string[] = [];
    for (const { content } of line) {
      for (const part of content) {
        if (part.type === 'tool_result') expect(part.tool_call_id).toBe(due.shift());
      }
      if (content.some((part) => part.type !== 'tool_result')) expect(due).toEqual([]);
      due = [...due, ...content.flatMap((part) => (part.type === 'tool_call' ? [part.id] : []))];
    }
    expect(due).toEqual([]);
  }

  async #checkSteps(): Promise<void> {
    const text = `SELECT runs.step, array_agg(run_steps.index ORDER BY run_steps.index) FILTER (WHERE run_steps.index IS NOT NULL) AS indexes
      FROM runs LEFT JOIN run_steps ON run_id = runs.id WHERE thread_id = $1 GROUP BY runs.id`;
    const runs = await conversations.database.query<{ step: number; indexes: number[] | null }>(
      { name: 'test-story-steps', text },
      [this.threadId],
    );
    for (const { step, indexes } of runs)
      expect(indexes ?? []).toEqual(Array.from({ length: step }, (_, index) => index));
  }

  /** Ids grow, nothing follows the end, and an ended run has exactly one end. */
  async #checkEvents(): Promise<void> {
    const text = `SELECT run_id, runs.status, run_events.attempt, first_n, n, events->-1->>'type' AS last
      FROM run_events JOIN runs ON runs.id = run_id WHERE thread_id = $1 ORDER BY run_id, run_events.attempt, first_n`;
    const batches = await conversations.database.query<{
      run_id: string;
      status: RunStatus;
      attempt: number;
      first_n: number;
      n: number;
      last: string;
    }>({ name: 'test-story-events', text }, [this.threadId]);
    for (const log of Map.groupBy(batches, (batch) => batch.run_id).values()) {
      for (const [index, batch] of log.entries()) {
        const previous = log[index - 1];
        if (previous?.attempt === batch.attempt) expect(batch.first_n).toBe(previous.n + 1);
        const ends = ['run.completed', 'run.failed', 'run.cancelled', 'run.expired'].includes(batch.last);
        expect(ends).toBe(isTerminal(batch.status) && index === log.length - 1);
      }
    }
  }
}

function approvalOf({ id, name }: NewToolCall, index: number): NewApproval {
  return {
    id: newId(),
    tool_call_id: id,
    kind: index === 0 ? 'tool' : 'input',
    reason: 'rule',
    name,
    arguments: {},
    question: null,
    response_schema: null,
    roles: [],
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    on_expiry: index === 0 ? 'reject' : 'fail',
  };
}

function nextState(
  as: (Act & { do: 'commit' })['as'],
  { running, asks }: { running: number; asks: number },
  outputMessageId: string | null,
): NextState {
  switch (as) {
    case 'answer':
      return running + asks > 0
        ? {
            status: 'waiting',
            waitKind: running > 0 ? 'tool' : 'approval',
            pendingToolCalls: running + asks,
          }
        : { status: 'completed', stopReason: 'end_turn', outputMessageId };
    case 'failure':
      return {
        status: 'failed',
        stopReason: 'provider_error',
        error: { code: 'provider_unavailable', fault: 'upstream', message: 'No.', retryable: false },
      };
    case 'retry':
      return { status: 'queued', wakeInMs: 0, because: 'retry' };
    case 'correction':
      return { status: 'queued', wakeInMs: 0, because: 'correction' };
    case 'hand-back':
      return { status: 'queued', wakeInMs: 0, because: 'handed_back' };
    case 'end':
      return { status: 'cancelled' };
  }
}

function eventsOf(run: ClaimedRun, next: NextState): RunEventBody[] {
  switch (next.status) {
    case 'completed': {
      const usage = {
        input_tokens: 0,
        output_tokens: 0,
        total_tokens: 0,
        cached_input_tokens: 0,
        reasoning_tokens: 0,
        cost: null,
      };
      const data = {
        run_id: run.id,
        thread_id: run.threadId,
        message_id: newId(),
        stop_reason: next.stopReason,
        usage,
      };
      return [{ type: 'run.completed', data }];
    }
    case 'failed':
      return [{ type: 'run.failed', data: { run_id: run.id, stop_reason: next.stopReason, error: next.error } }];
    case 'cancelled':
      return [{ type: 'run.cancelled', data: { run_id: run.id } }];
    default:
      return [];
  }
}

function pick<T>(from: readonly T[], at: number): T {
  const chosen = from[at % from.length];
  if (chosen === undefined) throw new Error('There is nothing to choose from.');
  return chosen;
}

/** Undefined when it was refused, which is a right answer to much of what is asked here. */
function refusable<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error: unknown) => {
    if (error instanceof TroupeError && error.fault === 'caller') return undefined;
    throw error;
  });
}

describe('the runs of a thread', () => {
  test('keep every rule whatever people and workers do, and come to rest', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(acts, { minLength: 10, maxLength: 60 }), async (story) => {
        const thread = await Story.begin();
        await thread.check();
        for (const act of story) {
          await thread.act(act);
          await thread.check();
        }
        await thread.settle();
        await thread.check();
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});
