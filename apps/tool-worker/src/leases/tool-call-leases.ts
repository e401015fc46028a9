import type { EffectClass } from '@troupe/contracts';
import { type Database, type DispatchedToolCall, renewToolCalls } from '@troupe/database';
import type { Logger } from '@troupe/observability';
import { type ToolStopCause, ToolStopped } from './tool-stopped.js';

export interface ToolCallLease {
  /** Aborts with ToolStopped when the tool is to end. */
  readonly signal: AbortSignal;
  release(): void;
}

export interface ToolCallLeasesOptions {
  database: Database;
  /** Time without a renewal after which another worker looks after a call. */
  leaseSeconds: number;
  logger: Logger;
}

interface HeldCall {
  id: string;
  dispatches: number;
  runId: string;
  effect: EffectClass;
  controller: AbortController;
}

/**
 * Keeps the leases of all calls that this worker has sent, with one statement a heartbeat, and learns by it of runs that
 * have ended meanwhile. While Postgres is away the tools go on: what an `effect` tool has done cannot be taken back, and
 * the others may be sent twice.
 */
export class ToolCallLeases {
  readonly #options: ToolCallLeasesOptions;
  readonly #held = new Map<string, HeldCall>();
  #timer: NodeJS.Timeout | undefined;
  #renewing = false;

  constructor(options: ToolCallLeasesOptions) {
    this.#options = options;
  }

  /** Number of calls under way. */
  get size(): number {
    return this.#held.size;
  }

  start(): void {
    this.#timer = setInterval(() => this.#beat(), (this.#options.leaseSeconds * 1_000) / 3);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  hold({ id, dispatches, runId, effect }: DispatchedToolCall): ToolCallLease {
    const call: HeldCall = { id, dispatches, runId, effect, controller: new AbortController() };
    this.#held.set(id, call);
    return {
      signal: call.controller.signal,
      release: () => {
        if (this.#held.get(id) === call) this.#held.delete(id);
      },
    };
  }

  /** Whether this worker works on the call. */
  has(toolCallId: string): boolean {
    return this.#held.has(toolCallId);
  }

  /** Looks at once whether a run has ended, before the next heartbeat; nothing for runs of other workers. */
  look(runId: string): void {
    const calls = [...this.#held.values()].filter((call) => call.runId === runId);
    if (calls.length > 0) void this.#renew(calls);
  }

  /** Stops the tools that may be sent again. */
  drainRepeatable(): void {
    for (const call of this.#held.values()) if (call.effect !== 'effect') stop(call, 'draining');
  }

  /** Stops all tools. */
  drain(): void {
    for (const call of this.#held.values()) stop(call, 'draining');
  }

  #beat(): void {
    if (this.#renewing || this.#held.size === 0) return;
    this.#renewing = true;
    void this.#renew([...this.#held.values()]).finally(() => {
      this.#renewing = false;
    });
  }

  async #renew(held: HeldCall[]): Promise<void> {
    const { database, leaseSeconds, logger } = this.#options;
    try {
      const renewed = await renewToolCalls(database, held, leaseSeconds);
      const byId = new Map(renewed.map((call) => [call.id, call]));
      for (const call of held) {
        const current = byId.get(call.id);
        // A call that has its result by now is missing too; nothing listens to its signal any more.
        if (!current) stop(call, 'lease_lost');
        else if (current.runEnded) stop(call, 'run_ended');
      }
    } catch (error) {
      logger.warn({ err: error, calls: held.length }, 'leases of tool calls could not be renewed');
    }
  }
}

function stop(call: HeldCall, because: ToolStopCause): void {
  if (!call.controller.signal.aborted) call.controller.abort(new ToolStopped(because));
}
