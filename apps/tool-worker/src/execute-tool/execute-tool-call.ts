import { createHmac } from 'node:crypto';
import { executeTool, failedResult, toolTimeoutError } from '@troupe/agent';
import type { AdvanceRunJob } from '@troupe/contracts';
import {
  completeToolCall,
  type Database,
  type DispatchedToolCall,
  dispatchToolCall,
  findDueToolCalls,
  type ToolCallLeases,
  type ToolCallOutcome,
} from '@troupe/database';
import type { Logger, Metrics } from '@troupe/observability';
import type { RunEventPublisher } from '@troupe/run-log';
import type { Tool, ToolServices } from '@troupe/spec';

export interface ExecuteToolCallOptions {
  database: Database;
  publisher: RunEventPublisher;
  tools: ReadonlyMap<string, Tool>;
  services: ToolServices;
  /** Rings the llm-worker when the last call of a round is done. */
  resume(job: AdvanceRunJob): void;
  logger: Logger;
  metrics: Metrics;
}

/**
 * A send may outlast its tool's time limit by this much, in seconds, before somebody else may look after the call: time
 * to store the result. The result of a send that was given up so is fenced off.
 */
const LEASE_MARGIN_SECONDS = 5;
/** For a tool that this worker does not know. Seconds. */
const UNKNOWN_TOOL_LEASE_SECONDS = 30;
const OUTCOME_UNKNOWN =
  'Outcome unknown: the worker that ran this tool died before it could tell. The tool may or may not have had its ' +
  'effect, so it is not run again. Check before you repeat it.';

/** Executes one tool call in two phases: the intent to send is committed, the tool runs, the result is committed. */
export class ExecuteToolCall {
  readonly #options: ExecuteToolCallOptions;
  readonly #running = new Set<Promise<void>>();
  readonly #leases: ToolCallLeases;

  constructor(options: ExecuteToolCallOptions) {
    this.#options = options;
    this.#leases = leasesOf(options.tools.values());
  }

  /** Number of calls under way. */
  get size(): number {
    return this.#running.size;
  }

  /** Does nothing when the call was sent by somebody else, has its result, or its run no longer waits for it. */
  async execute(toolCallId: string): Promise<void> {
    const work = this.#execute(toolCallId);
    this.#running.add(work);
    try {
      await work;
    } finally {
      this.#running.delete(work);
    }
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  /** Takes calls whose job was lost or whose worker died; one that may not be sent twice is told to be unknown. */
  async recover(limit: number): Promise<void> {
    const { database, logger } = this.#options;
    for (const { id, unknown, dispatches } of await findDueToolCalls(database, limit)) {
      const work = unknown
        ? this.#complete({ toolCallId: id, dispatches, state: 'unknown', result: OUTCOME_UNKNOWN })
        : this.execute(id);
      // Not awaited: a tool may take its time, and the calls beside it must not wait for it.
      work.catch((error: unknown) => logger.error({ err: error, tool_call: id }, 'a tool call failed'));
    }
  }

  async #execute(toolCallId: string): Promise<void> {
    const call = await dispatchToolCall(this.#options.database, toolCallId, this.#leases);
    if (!call) return;
    const startedAt = performance.now();
    const outcome = await this.#run(call);
    this.#options.metrics.toolCallDuration.observe(
      { tool: call.name, outcome: outcome.state },
      (performance.now() - startedAt) / 1_000,
    );
    await this.#complete(outcome);
  }

  async #run(call: DispatchedToolCall): Promise<ToolCallOutcome> {
    const identity = { toolCallId: call.id, dispatches: call.dispatches };
    const part = { id: call.id, name: call.name, arguments: call.arguments };
    const tool = this.#options.tools.get(call.name);
    if (!tool) {
      const result = failedResult(part, `no worker knows the tool ${call.name} any more`);
      return { ...identity, state: 'failed', result: result.content };
    }
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(toolTimeoutError(tool)), tool.timeoutMs);
    try {
      const result = await executeTool(tool, part, {
        tenantId: call.tenantId,
        userId: call.userId,
        threadId: call.threadId,
        runId: call.runId,
        idempotencyKey: idempotencyKey(call),
        signal: controller.signal,
        services: this.#options.services,
      });
      const failure = controller.signal.aborted && tool.effect === 'effect' ? 'unknown' : 'failed';
      return { ...identity, state: result.status === 'completed' ? 'completed' : failure, result: result.content };
    } finally {
      clearTimeout(timer);
    }
  }

  async #complete(outcome: ToolCallOutcome): Promise<void> {
    const { database, publisher, resume, logger } = this.#options;
    const completed = await completeToolCall(database, outcome);
    if (!completed) {
      logger.warn({ tool_call: outcome.toolCallId }, 'a result came too late and was not stored');
      return;
    }
    const { runId, event, eventId } = completed;
    publisher.publishStored(runId, event, eventId, { attempt: eventId.attempt, n: eventId.n - 1 });
    if (completed.resume) resume({ run_id: runId, ...completed.resume });
  }
}

function leasesOf(tools: Iterable<Tool>): ToolCallLeases {
  const byTool: Record<string, number> = {};
  for (const { name, timeoutMs } of tools) byTool[name] = timeoutMs / 1_000 + LEASE_MARGIN_SECONDS;
  return { byTool, otherwise: UNKNOWN_TOOL_LEASE_SECONDS };
}

/** The same for every send of a call, and of no other call. */
function idempotencyKey(call: DispatchedToolCall): string {
  return createHmac('sha256', call.runId).update(call.id).digest('hex');
}
