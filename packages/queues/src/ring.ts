import type { Queue } from 'bullmq';
import type { JobName, JobPayload, QueueDefinition } from './queue-definition.js';

export interface RingOptions {
  /** Milliseconds before a worker gets the job. */
  delayMs?: number;
  /** From 1, the first; absent: before all that have one. */
  priority?: number | undefined;
  /** Told about a ring that failed; the row stays due and a worker's own poll takes it. */
  onError(error: unknown): void;
}

/**
 * Rings a queue's doorbell: best effort by design, never awaited for correctness. The row that the job names is
 * committed before, so a ring that is lost costs time and nothing else.
 */
export async function ring<Definition extends QueueDefinition, Name extends JobName<Definition>>(
  queue: Queue,
  definition: Definition,
  name: Name,
  payload: JobPayload<Definition, Name>,
  { delayMs = 0, priority, onError }: RingOptions,
): Promise<void> {
  const job = definition.jobs[name];
  try {
    if (!job) throw new Error(`Queue ${definition.name} has no job ${name}.`);
    // Retries are the database's business: BullMQ tries a job once unless it is told otherwise.
    await queue.add(name, payload, {
      jobId: job.id(payload as never),
      ...(delayMs > 0 && { delay: Math.ceil(delayMs) }),
      ...(priority !== undefined && { priority }),
    });
  } catch (error) {
    onError(error);
  }
}
