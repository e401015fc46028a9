import type { FollowUpKind } from '@troupe/contracts';
import type { Logger } from '@troupe/observability';
import { memoryQueue, ring, summariesQueue } from '@troupe/queues';
import type { Queue } from 'bullmq';

/**
 * Nobody waits for a title or a fact, so rings gather for this long, in milliseconds: one job for many tasks. A job costs five
 * scripts in Redis and two commits, whatever number of tasks it has.
 */
const WINDOW_MS = 500;
/** Tasks of one job: they are worked on at once. */
const MAX_TASKS = 50;

/** Rings for follow-up tasks, gathered by kind. */
export class FollowUpBell {
  readonly #queues: { memory: Queue; summaries: Queue };
  readonly #onError: (error: unknown) => void;
  readonly #waiting = new Map<FollowUpKind, string[]>();
  #timer: NodeJS.Timeout | undefined;

  constructor(queues: { memory: Queue; summaries: Queue }, logger: Logger) {
    this.#queues = queues;
    this.#onError = (error) => logger.debug({ err: error }, 'a ring was lost; the tasks will be found');
  }

  ring(kind: FollowUpKind, taskId: string): void {
    const waiting = this.#waiting.get(kind) ?? [];
    this.#waiting.set(kind, waiting);
    if (waiting.push(taskId) >= MAX_TASKS) this.#flush(kind);
    this.#timer ??= setTimeout(() => this.#flushAll(), WINDOW_MS).unref();
  }

  #flushAll(): void {
    this.#timer = undefined;
    for (const kind of this.#waiting.keys()) this.#flush(kind);
  }

  #flush(kind: FollowUpKind): void {
    const task_ids = this.#waiting.get(kind) ?? [];
    this.#waiting.delete(kind);
    if (task_ids.length === 0) return;
    const options = { onError: this.#onError };
    if (kind === 'extract-facts') void ring(this.#queues.memory, memoryQueue, kind, { task_ids }, options);
    else void ring(this.#queues.summaries, summariesQueue, kind, { task_ids }, options);
  }
}
