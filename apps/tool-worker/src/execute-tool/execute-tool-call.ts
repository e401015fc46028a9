import { createHmac } from 'node:crypto';
import {
  agentInput,
  executeTool,
  failedResult,
  guardToolOutcome,
  toolTimeoutError,
  withEditedArguments,
} from '@troupe/agent';
import type { AdvanceRunJob, ContentPart, ExecuteToolJob } from '@troupe/contracts';
import {
  completeToolCall,
  type Database,
  type Delegate,
  type DispatchedToolCall,
  dispatchToolCall,
  findDueToolCalls,
  handBackToolCall,
  startSubrun,
  type ToolCallOutcome,
  whileUnavailable,
} from '@troupe/database';
import { failpoint } from '@troupe/failpoints';
import type { Logger, Metrics } from '@troupe/observability';
import type { RunEventPublisher } from '@troupe/run-log';
import type { Tool, ToolServices } from '@troupe/spec';
import type { ToolCallLeases } from '../leases/tool-call-leases.js';
import { ToolStopped } from '../leases/tool-stopped.js';
import { CANCELLED_WITH_RUN, STOPPED_WITH_RUN, WORKER_DIED, WORKER_STOPPED } from './stopped-results.js';

export interface ExecuteToolCallOptions {
  database: Database;
  publisher: RunEventPublisher;
  tools: ReadonlyMap<string, Tool>;
  services: ToolServices;
  leases: ToolCallLeases;
  leaseSeconds: number;
  /** Rings the llm-workers: the last call of a round is done, or a call has become a run. */
  resume(job: AdvanceRunJob): void;
  /** Rings the tool-workers for a call that this one gives back. */
  sendAgain(job: ExecuteToolJob): void;
  logger: Logger;
  metrics: Metrics;
}

/**
 * How long a result waits for Postgres to take it, in milliseconds. Long: what an `effect` tool has done is known here and
 * nowhere else.
 */
const RESULT_PATIENCE_MS = 600_000;

/** Executes one tool call in two phases: the intent to send is committed, the tool runs, the result is committed. */
export class ExecuteToolCall {
  readonly #options: ExecuteToolCallOptions;
  readonly #running = new Set<Promise<void>>();
  #closed = false;

  constructor(options: ExecuteToolCallOptions) {
    this.#options = options;
  }

  /** Number of calls under way. */
  get size(): number {
    return this.#running.size;
  }

  /** Takes no more calls; those under way go on. */
  close(): void {
    this.#closed = true;
  }

  /** Does nothing when the call was sent by somebody else, has its result, or its run no longer waits for it. */
  async execute(toolCallId: string): Promise<void> {
    if (this.#closed) return;
    const work = this.#execute(toolCallId);
    this.#running.add(work);
    try {
      await work;
    } finally {
      this.#running.delete(work);
    }
  }

  /** Resolves when nothing is under way, or after the time in milliseconds. */
  async idle(withinMs: number): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, withinMs);
    await Promise.race([Promise.allSettled(this.#running), late.promise]);
    clearTimeout(timer);
  }

  /**
   * Takes calls whose job was lost or whose worker died; one that may not be sent twice is told to be unknown.
   * @param mayTellUnknown false right after an outage: a worker that lives must have the time to renew its lease first
   */
  async recover(limit: number, mayTellUnknown: boolean): Promise<void> {
    const { database, leases, logger } = this.#options;
    for (const { id, dispatches, todo } of await findDueToolCalls(database, limit)) {
      if (leases.has(id) || (todo === 'unknown' && !mayTellUnknown)) continue;
      const call = { toolCallId: id, dispatches };
      const work =
        todo === 'send'
          ? this.execute(id)
          : todo === 'unknown'
            ? this.#complete({ ...call, state: 'unknown', result: WORKER_DIED })
            : this.#complete({ ...call, state: 'cancelled', result: CANCELLED_WITH_RUN });
      // Not awaited: a tool may take its time, and the calls beside it must not wait for it.
      work.catch((error: unknown) => logger.error({ err: error, tool_call: id }, 'a tool call failed'));
    }
  }

  async #execute(toolCallId: string): Promise<void> {
    const { database, leases, leaseSeconds, metrics } = this.#options;
    failpoint('tool.before-dispatch');
    const call = await dispatchToolCall(database, toolCallId, leaseSeconds);
    if (!call) return;
    failpoint('tool.after-dispatch');
    if (call.delegate) return await this.#delegate(call, call.delegate);
    const lease = leases.hold(call);
    try {
      const startedAt = performance.now();
      const outcome = await this.#run(call, lease.signal);
      failpoint('tool.after-send');
      if (!outcome) return await this.#handBack(call, lease.signal);
      metrics.toolCallDuration.observe(
        { tool: call.name, outcome: outcome.state },
        (performance.now() - startedAt) / 1_000,
      );
      await this.#complete(await guardToolOutcome(call, outcome));
    } finally {
      lease.release();
    }
  }

  /** A call of an agent: its run answers, and nobody here waits for it. Dying before it is stored leaves a call to send again. */
  async #delegate({ id, dispatches, arguments: args }: DispatchedToolCall, delegate: Delegate): Promise<void> {
    const { database, publisher, resume } = this.#options;
    const content: ContentPart[] = [{ type: 'text', text: agentInput(args) }];
    const started = await startSubrun(database, { toolCallId: id, dispatches, delegate, content });
    failpoint('subrun.after-start');
    if (!started) return;
    publisher.publishStored(started.parentRunId, started.event, started.eventId);
    resume({ run_id: started.runId, step: 0, dispatch: 1 });
  }

  /** Undefined when the tool was stopped and may be sent again. */
  async #run(call: DispatchedToolCall, stopped: AbortSignal): Promise<ToolCallOutcome | undefined> {
    const identity = { toolCallId: call.id, dispatches: call.dispatches };
    const part = { id: call.id, name: call.name, arguments: call.arguments };
    const tool = this.#options.tools.get(call.name);
    if (!tool) {
      const result = failedResult(part, `no worker knows the tool ${call.name} any more`);
      return { ...identity, state: 'failed', result: result.content };
    }
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(toolTimeoutError(tool)), tool.timeoutMs);
    const signal = AbortSignal.any([timeout.signal, stopped]);
    try {
      const result = await executeTool(tool, part, {
        tenantId: call.tenantId,
        userId: call.userId,
        threadId: call.threadId,
        runId: call.runId,
        idempotencyKey: idempotencyKey(call),
        signal,
        services: this.#options.services,
      });
      const content = call.edited ? withEditedArguments(result.content, call.arguments) : result.content;
      if (result.status === 'completed') return { ...identity, state: 'completed', result: content };
      const { reason }: { reason: unknown } = signal;
      if (reason instanceof ToolStopped) return stoppedOutcome(call, reason);
      const state = signal.aborted && call.effect === 'effect' ? 'unknown' : 'failed';
      return { ...identity, state, result: content };
    } finally {
      clearTimeout(timer);
    }
  }

  async #handBack(call: DispatchedToolCall, { reason }: AbortSignal): Promise<void> {
    if (!(reason instanceof ToolStopped) || reason.because !== 'draining') return;
    const runId = await handBackToolCall(this.#options.database, call);
    if (!runId) return;
    this.#options.sendAgain({ run_id: runId, tool_call_id: call.id, dispatch: call.dispatches + 1 });
  }

  /** The result is fenced by its dispatch, so storing it again after a lost reply stores nothing twice. */
  async #complete(outcome: ToolCallOutcome): Promise<void> {
    const { database, publisher, resume, logger } = this.#options;
    failpoint(outcome.state === 'unknown' ? 'tool.before-unknown' : 'tool.before-commit');
    const completed = await whileUnavailable(RESULT_PATIENCE_MS, () => completeToolCall(database, outcome));
    failpoint('tool.after-commit');
    if (!completed) {
      logger.debug({ tool_call: outcome.toolCallId }, 'nobody waited for the result of a tool call');
      return;
    }
    const { runId, events } = completed;
    for (const { event, id } of events) publisher.publishStored(runId, event, id);
    failpoint('tool.after-publish');
    if (completed.resume) resume({ run_id: runId, ...completed.resume });
    failpoint('tool.after-ring');
  }
}

function stoppedOutcome(call: DispatchedToolCall, { because }: ToolStopped): ToolCallOutcome | undefined {
  const identity = { toolCallId: call.id, dispatches: call.dispatches };
  switch (because) {
    case 'run_ended':
      return call.effect !== 'read'
        ? { ...identity, state: 'unknown', result: STOPPED_WITH_RUN }
        : { ...identity, state: 'cancelled', result: CANCELLED_WITH_RUN };
    case 'draining':
      return call.effect === 'effect' ? { ...identity, state: 'unknown', result: WORKER_STOPPED } : undefined;
    case 'lease_lost':
      return undefined;
  }
}

/** The same for every send of a call, and of no other call. */
function idempotencyKey(call: DispatchedToolCall): string {
  return createHmac('sha256', call.runId).update(call.id).digest('hex');
}
