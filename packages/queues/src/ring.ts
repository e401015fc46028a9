import type { Queue } from 'bullmq';
import { QUEUE_JOB_OPTIONS, type QueueDefinition } from './queue-definition.js';

type PayloadOf<Definition, Name> =
  Definition extends QueueDefinition<infer Jobs> ? (Name extends keyof Jobs ? Jobs[Name] : never) : never;

export interface RingOptions {
  /** Milliseconds before a worker gets the job. */
  delayMs?: number;
  /** Told about a ring that failed; the row stays due and a worker's own poll takes it. */
  onError(error: unknown): void;
}

/**
 * Rings a queue's doorbell: best effort by design, never awaited for correctness. The row that the job names is
 * committed before, so a ring that is lost costs time and nothing else.
 */
export async function ring<Definition extends QueueDefinition<never>, Name extends keyof Definition['jobs'] & string>(
  queue: Queue,
  definition: Definition,
  name: Name,
  payload: PayloadOf<Definition, Name>,
  options: RingOptions,
): Promise<void> {
  const job = definition.jobs[name] as { id(payload: unknown): string } | undefined;
  if (!job) throw new Error(`Queue ${definition.name} has no job ${name}.`);
  const delay = options.delayMs ? { delay: Math.ceil(options.delayMs) } : {};
  try {
    await queue.add(name, payload, { ...QUEUE_JOB_OPTIONS, ...delay, jobId: job.id(payload) });
  } catch (error) {
    options.onError(error);
  }
}
