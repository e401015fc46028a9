import {
  configuredOutput,
  decideNext,
  type NextMove,
  prepareTurn,
  resolveTools,
  reviewOutput,
  runConfiguration,
  streamTurn,
} from '@troupe/agent';
import {
  type JsonValue,
  MAX_EVENT_OUTPUT,
  newId,
  type RunEventBody,
  type StopReason,
  TroupeError,
  type Usage,
} from '@troupe/contracts';
import {
  advanceThread,
  appendEvents,
  type ClaimedRun,
  claimRun,
  commitStep,
  type Database,
  ledgerRow,
  type NewApproval,
  type NewMessage,
  type NewToolCall,
  type StepCommit,
} from '@troupe/database';
import { RunEventPublisher, type RunLogWriter } from '@troupe/run-log';
import type { ModelCatalog, ModelResponse, Tool } from '@troupe/spec';
import type { Redis } from 'ioredis';

const QUEUED_RUNS = {
  name: 'test-queued-runs',
  text: "SELECT id FROM runs WHERE status = 'queued' AND NOT blocked ORDER BY id",
};
const CANCELLED_RUNS = {
  name: 'test-cancelled-runs',
  text: "SELECT id FROM runs WHERE status = 'running' AND cancel_requested_at IS NOT NULL",
};
/** Milliseconds between two looks at the database. */
const LOOK_EVERY_MS = 10;
/** More would wait for a connection longer than they may, where the machine is busy. */
const MOST_TURNS = 30;
const LEASE_SECONDS = 60;

type Outcome = Pick<
  Parameters<typeof commitStep>[1],
  'next' | 'steps' | 'messages' | 'receivedRead' | 'ledger' | 'events'
> &
  Partial<Pick<StepCommit, 'toolCalls' | 'approvals' | 'output'>>;

export interface TestWorkerOptions {
  database: Database;
  commands: Redis;
  models: ModelCatalog;
  tools: ReadonlyMap<string, Tool>;
}

/**
 * Stands in for the workers' processes: takes queued runs from the database and commits what their model answers, so
 * that the gateway is tested against real rows and events. It executes no tools: every call waits for a person. A failed
 * turn is not tried again.
 */
export class TestWorker {
  readonly #options: TestWorkerOptions;
  readonly #publisher: RunEventPublisher;
  readonly #turns = new Map<string, { controller: AbortController; done: Promise<void> }>();
  #loop: Promise<void> = Promise.resolve();
  #stopped = false;
  #paused = false;

  constructor(options: TestWorkerOptions) {
    this.#options = options;
    this.#publisher = new RunEventPublisher({
      redis: options.commands,
      store: (batches) => appendEvents(options.database, batches),
      onError: () => undefined,
    });
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Leaves queued runs where they are until `resume`. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loop;
    for (const { controller } of this.#turns.values()) controller.abort();
    await Promise.all([...this.#turns.values()].map(({ done }) => done));
  }

  async #run(): Promise<void> {
    const { database } = this.#options;
    while (!this.#stopped) {
      for (const { id } of await database.query<{ id: string }>(CANCELLED_RUNS, [])) {
        this.#turns.get(id)?.controller.abort();
      }
      const queued = this.#paused ? [] : await database.query<{ id: string }>(QUEUED_RUNS, []);
      for (const { id } of queued) {
        if (!this.#paused && !this.#turns.has(id) && this.#turns.size < MOST_TURNS) this.#take(id);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  #take(runId: string): void {
    const controller = new AbortController();
    const done = this.#advance(runId, controller.signal).finally(() => this.#turns.delete(runId));
    this.#turns.set(runId, { controller, done });
  }

  async #advance(runId: string, signal: AbortSignal): Promise<void> {
    const run = await claimRun(this.#options.database, runId, 'test', LEASE_SECONDS);
    if (!run) return;
    const log = this.#publisher.open(run.id, run.attempt, run.lastEvent);
    try {
      if (run.firstClaim) log.append({ type: 'run.started', data: { model: run.model } });
      for (const { id, content } of run.received) {
        log.append({ type: 'message.received', data: { message_id: id, content } });
      }
      log.append({ type: 'step.started', data: { step: run.step } });
      const reached = await this.#turn(run, log, signal);
      const unstored = await log.takeUnstored();
      const commit = (outcome: Outcome) =>
        commitStep(this.#options.database, {
          runId: run.id,
          attempt: run.attempt,
          toolCalls: [],
          ...outcome,
          followUps: [],
          events: [...unstored.events, ...outcome.events],
          firstEvent: unstored.firstN,
        });
      let outcome = reached;
      let committed = await commit(outcome);
      if (!committed && reached.next.status === 'completed') {
        const next = { status: 'queued', wakeInMs: 0, because: 'next_step' } as const;
        outcome = { ...reached, next, events: reached.events.slice(0, -1) };
        committed = await commit(outcome);
      }
      log.appendStored(outcome.events);
      if (committed && committed.waitingRuns > 0) await advanceThread(this.#options.database, run.threadId);
    } finally {
      this.#publisher.close(log);
    }
  }

  async #turn(run: ClaimedRun, log: RunLogWriter, signal: AbortSignal): Promise<Outcome> {
    const configuration = runConfiguration(run.configuration, run.options);
    const wanted = configuredOutput(configuration);
    const startedAt = new Date().toISOString();
    try {
      const model = this.#options.models.resolve(run.model);
      const tools = resolveTools(configuration.tools, this.#options.tools);
      const request = prepareTurn({
        configuration,
        tools: tools.values(),
        history: run.history,
        facts: run.facts,
        summary: run.thread.summary,
        unsummarized: run.thread.messageCount - run.thread.summarizedCount,
        outputSchema: wanted?.format.request,
        turn: run.turn + 1,
      });
      const response = await streamTurn(model, request, { signal, onEvent: (event) => log.append(event) });
      const move = decideNext(response, { tools, turn: run.turn + 1, maxTurns: configuration.max_turns });
      if (move.kind === 'call_tools') return asking(run, move, startedAt);
      if (move.kind !== 'finish') throw new Error('The worker of these tests hands over to nobody.');
      const reviewed = wanted && (await reviewOutput(wanted.format, { ...move, refused: 0 }, 0));
      const output = reviewed?.accepted ? { value: reviewed.value } : undefined;
      return completed(run, response, move.stopReason, startedAt, output);
    } catch (error) {
      return signal.aborted ? cancelled(run) : failed(run, error);
    }
  }
}

/** A round whose calls all wait for people. */
function asking(run: ClaimedRun, { content, calls }: NextMove & { kind: 'call_tools' }, startedAt: string): Outcome {
  const messages: NewMessage[] = [
    { id: newId(), parent_id: run.headMessageId, role: 'assistant', content, model: run.model },
  ];
  const toolCalls: NewToolCall[] = [];
  const approvals: NewApproval[] = [];
  for (const [index, { part, tool }] of calls.entries()) {
    const { name, arguments: args } = part;
    const message_id = newId();
    const parent_id = messages.at(-1)?.id ?? run.headMessageId;
    messages.push({ id: message_id, parent_id, role: 'tool', content: [], model: null });
    const id = newId();
    const place = { step: run.step + 1, index, call_id: part.id };
    toolCalls.push({ id, message_id, ...place, name, arguments: args, effect: tool.effect });
    approvals.push({
      id: newId(),
      tool_call_id: id,
      kind: tool.asksUser ? 'input' : 'tool',
      reason: tool.asksUser ? 'question' : 'rule',
      name,
      arguments: args,
      question: tool.asksUser ? String(args.question) : null,
      response_schema: tool.asksUser ? { type: 'string', ...(args.options ? { enum: args.options } : {}) } : null,
      roles: run.configuration.approvals?.[0]?.roles ?? [],
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
      on_expiry: 'reject',
    });
  }
  const waitKind = approvals.some(({ kind }) => kind === 'tool') ? 'approval' : 'input';
  const events: RunEventBody[] = [{ type: 'run.waiting', data: { kind: waitKind } }];
  const step = { index: run.step, kind: 'model', model: run.model, finish_reason: 'tool_calls', usage: null } as const;
  return {
    next: { status: 'waiting', waitKind, pendingToolCalls: toolCalls.length },
    steps: [{ ...step, started_at: startedAt }],
    messages,
    receivedRead: 0,
    toolCalls,
    approvals,
    ledger: [],
    events,
  };
}

function completed(
  run: ClaimedRun,
  response: ModelResponse,
  stopReason: StopReason,
  startedAt: string,
  output: { value: JsonValue } | undefined,
): Outcome {
  const ledger = ledgerRow({
    purpose: 'turn',
    model: run.model,
    step: run.step,
    outcome: 'completed',
    usage: response.usage,
  });
  const usage: Usage = {
    input_tokens: ledger.input_tokens,
    output_tokens: ledger.output_tokens,
    total_tokens: ledger.input_tokens + ledger.output_tokens,
    cached_input_tokens: ledger.cached_input_tokens,
    reasoning_tokens: ledger.reasoning_tokens,
    cost: ledger.cost,
  };
  const id = newId();
  const message_id = id;
  const ids = { run_id: run.id, thread_id: run.threadId };
  const received: NewMessage[] = run.received.map((message, index) => ({
    ...message,
    parent_id: run.received[index - 1]?.id ?? run.headMessageId,
    role: 'user',
    model: null,
  }));
  const parent_id = received.at(-1)?.id ?? run.headMessageId;
  const answer: NewMessage = { id, parent_id, role: 'assistant', content: response.content, model: run.model };
  return {
    next: { status: 'completed', stopReason, outputMessageId: id },
    steps: [
      {
        index: run.step,
        kind: 'model',
        model: run.model,
        finish_reason: response.finish.raw,
        usage: { ...usage },
        started_at: startedAt,
      },
    ],
    messages: [...received, answer],
    receivedRead: received.length,
    ledger: [ledger],
    ...(output && { output }),
    events: [
      { type: 'usage.recorded', data: usage },
      { type: 'message.completed', data: { message_id } },
      {
        type: 'run.completed',
        data: {
          ...ids,
          message_id,
          stop_reason: stopReason,
          usage,
          ...(output && isShort(output.value) && { output: output.value }),
        },
      },
    ],
  };
}

function isShort(value: JsonValue): boolean {
  return JSON.stringify(value).length <= MAX_EVENT_OUTPUT;
}

function cancelled(run: ClaimedRun): Outcome {
  return ended({ status: 'cancelled' }, { type: 'run.cancelled', data: { run_id: run.id } });
}

function failed(run: ClaimedRun, thrown: unknown): Outcome {
  const details = thrown instanceof TroupeError ? thrown.details : undefined;
  const error = { ...TroupeError.bodyOf(thrown), ...(details && { details }) };
  const stopReason = error.fault === 'server' ? 'server_error' : 'provider_error';
  const event: RunEventBody = { type: 'run.failed', data: { run_id: run.id, stop_reason: stopReason, error } };
  return ended({ status: 'failed', stopReason, error }, event);
}

function ended(next: Outcome['next'], event: RunEventBody): Outcome {
  return { next, steps: [], messages: [], ledger: [], events: [event] };
}
