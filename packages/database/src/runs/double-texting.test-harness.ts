import { type EffectClass, type MultitaskStrategy, newId, TroupeError, textOf } from '@troupe/contracts';
import { createTestDatabase } from '@troupe/testing';
import { Database } from '../database.js';
import { listMessages } from '../messages/list-messages.js';
import { ensureTenant } from '../tenants/ensure-tenant.js';
import { acceptRun } from './accept-run.js';
import type { AcceptedRunRow, AcceptRunInput } from './accept-run-input.js';
import { advanceThread } from './advance-thread.js';
import { type ClaimedRun, claimRun } from './claim-run.js';
import { commitStep } from './commit-step.js';
import type { NewMessage, NextState, StepCommit } from './step-commit.js';

const CONFIGURATION = { name: 'A', definition: { role: 'You help.' }, tools: [], memory: { type: 'last_n', n: 50 } };

export interface ThreadState {
  active_run_id: string | null;
  waiting_runs: number;
  message_count: number;
}

/** Threads of one tenant, people who write to them, and workers who answer. */
export class Conversations {
  private constructor(
    readonly database: Database,
    readonly tenantId: string,
    private readonly drop: () => Promise<void>,
  ) {}

  static async open(): Promise<Conversations> {
    const server = await createTestDatabase();
    const database = await Database.connect({
      url: server.url,
      poolSize: 12,
      applicationName: 'test',
      onConnectionError: () => undefined,
    });
    await database.migrate();
    const tenantId = await ensureTenant(database, newId());
    const agentId = newId();
    const sql = database.dataSource;
    await sql.query(`INSERT INTO agents (id, tenant_id, slug, version) VALUES ($1, $2, 'a', 1)`, [agentId, tenantId]);
    await sql.query(
      `INSERT INTO agent_versions (agent_id, version, tenant_id, configuration, history_limit) VALUES ($1, 1, $2, $3, 500)`,
      [agentId, tenantId, JSON.stringify(CONFIGURATION)],
    );
    return new Conversations(database, tenantId, async () => {
      await database.close();
      await server.drop();
    });
  }

  close(): Promise<void> {
    return this.drop();
  }

  /** Accepts a message, on a new thread unless one is named. */
  send(
    text: string,
    threadId?: string,
    multitaskStrategy?: MultitaskStrategy,
    changes: Partial<AcceptRunInput> = {},
  ): Promise<AcceptedRunRow> {
    const thread: AcceptRunInput['thread'] = threadId === undefined ? { type: 'new' } : { type: 'id', id: threadId };
    return acceptRun(this.database, this.input(text, { thread, multitaskStrategy, ...changes }));
  }

  /** What accepts a message on a new thread. */
  input(text: string, changes: Partial<AcceptRunInput> = {}): AcceptRunInput {
    return {
      runId: newId(),
      tenantId: this.tenantId,
      userId: null,
      thread: { type: 'new' },
      agent: null,
      defaultAgent: 'a',
      model: null,
      defaultModel: 'demo/demo',
      content: [{ type: 'text', text }],
      deadlineSeconds: 900,
      idempotency: null,
      ...changes,
    };
  }

  async claim(runId: string): Promise<ClaimedRun> {
    const run = await claimRun(this.database, runId, 'worker', 60);
    if (!run) throw new Error(`Run ${runId} could not be claimed.`);
    return run;
  }

  /** Answers with the text and ends the run, or goes on where that is refused; false when the run was lost. */
  async answer(run: ClaimedRun, text: string): Promise<boolean> {
    const messages = answerOf(run, text);
    const rows = { messages, receivedRead: run.received.length, steps: 1 };
    const outputMessageId = messages.at(-1)?.id ?? null;
    const committed =
      (await this.commit(run, { status: 'completed', stopReason: 'end_turn', outputMessageId }, rows)) ??
      (await this.commit(run, { status: 'queued', wakeInMs: 0, because: 'next_step' }, rows));
    if (!committed) return false;
    if (committed.waitingRuns > 0) await advanceThread(this.database, run.threadId);
    return true;
  }

  commit(run: ClaimedRun, next: NextState, rows: CommittedRows = {}) {
    return commitStep(this.database, commitOf({ ...run, runId: run.id }, next, rows));
  }

  /** Leaves the run waiting for one call of a tool. */
  async callTool(run: ClaimedRun, effect: EffectClass = 'read'): Promise<void> {
    const said = answerOf(run, 'calls a tool');
    const parent_id = said.at(-1)?.id ?? run.headMessageId;
    const result: NewMessage = { id: newId(), parent_id, role: 'tool', content: [], model: null };
    const toolCall = {
      id: newId(),
      message_id: result.id,
      step: run.step + 1,
      index: 0,
      call_id: 'call_0',
      name: 'calculate',
      arguments: {},
      effect,
    };
    const messages = [...said, result];
    const rows = { messages, toolCalls: [toolCall], receivedRead: run.received.length, steps: 1 };
    await this.commit(run, { status: 'waiting', waitKind: 'tool', pendingToolCalls: 1 }, rows);
  }

  async thread(threadId: string): Promise<ThreadState> {
    const text = 'SELECT active_run_id, waiting_runs, message_count FROM threads WHERE id = $1';
    const [row] = await this.database.query<ThreadState>({ name: 'test-thread', text }, [threadId]);
    if (!row) throw new Error(`There is no thread ${threadId}.`);
    return row;
  }

  /** The conversation as it goes from its head up, oldest first: what everybody said. */
  async said(threadId: string): Promise<string[]> {
    const text = `WITH RECURSIVE chain AS (
        SELECT m.parent_id, m.content, 1 AS depth FROM threads JOIN messages m ON m.id = head_message_id
        WHERE threads.id = $1
        UNION ALL
        SELECT m.parent_id, m.content, depth + 1 FROM chain JOIN messages m ON m.id = chain.parent_id
      )
      SELECT content FROM chain WHERE content <> '[]' ORDER BY depth DESC`;
    const rows = await this.database.query<{ content: Parameters<typeof textOf>[0] }>({ name: 'test-said', text }, [
      threadId,
    ]);
    return rows.map(({ content }) => textOf(content));
  }

  /** Every message of the thread in the order of the list, those out of the line too. */
  async listed(threadId: string): Promise<string[]> {
    const page = { cursor: null, limit: 1_000, order: 'asc' } as const;
    const messages = await listMessages(this.database, { tenantId: this.tenantId, threadId }, page);
    return messages.map(({ content }) => textOf(content)).filter((text) => text !== '');
  }
}

/** What a commit stores beside the run's next state. */
export type CommittedRows = Partial<Omit<StepCommit, 'runId' | 'attempt' | 'next' | 'steps'>> & { steps?: number };

export function commitOf(
  { runId, attempt, step = 0 }: { runId: string; attempt: number; step?: number },
  next: NextState,
  { steps = 0, ...rows }: CommittedRows = {},
): StepCommit {
  return {
    runId,
    attempt,
    next,
    steps: Array.from({ length: steps }, () => ({
      index: step,
      kind: 'model',
      model: 'demo/demo',
      finish_reason: 'stop',
      usage: null,
      started_at: new Date().toISOString(),
    })),
    messages: [],
    toolCalls: [],
    ledger: [],
    followUps: [],
    events: [],
    firstEvent: 1,
    ...rows,
  };
}

/** The commit that ends the run with the text. */
export function completionOf(run: ClaimedRun, text: string): StepCommit {
  const messages = answerOf(run, text);
  const outputMessageId = messages.at(-1)?.id ?? null;
  const next = { status: 'completed', stopReason: 'end_turn', outputMessageId } as const;
  return commitOf({ ...run, runId: run.id }, next, { messages, steps: 1 });
}

/** What a turn adds: the messages that it read first, and its answer. */
export function answerOf(run: ClaimedRun, text: string): NewMessage[] {
  const messages: NewMessage[] = [];
  const add = (id: string, role: NewMessage['role'], content: NewMessage['content']) =>
    messages.push({ id, parent_id: messages.at(-1)?.id ?? run.headMessageId, role, content, model: null });
  for (const { id, content } of run.received) add(id, 'user', content);
  add(newId(), 'assistant', [{ type: 'text', text }]);
  return messages;
}

/** The code of the error that work ends with, `none` without one. */
export function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (error: unknown) => (error instanceof TroupeError ? error.code : String(error)),
  );
}
