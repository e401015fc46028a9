import type { MemoryStrategy } from '@troupe/contracts';

/** A summary that is late, because its worker is down, makes requests at most this many windows long. */
export const MAX_SUMMARY_LAG = 3;

/** Messages that a `summary_window` shows: its last ones and whatever the summary does not cover yet. */
export function summaryWindow(last: number, unsummarized = 0): number {
  return Math.min(Math.max(last, unsummarized), last * MAX_SUMMARY_LAG);
}

/**
 * How many messages of a thread a new summary should cover, counted from its start; undefined while none is due.
 * One is due when the thread has grown by a whole window since the last, so that a summary costs one model call
 * every `last` messages and the prompt stays the same in between.
 */
export function summaryDue(
  strategy: MemoryStrategy,
  thread: { message_count: number; summarized_count: number },
): number | undefined {
  if (strategy.type !== 'summary_window') return undefined;
  const covered = thread.message_count - strategy.last;
  return covered - thread.summarized_count >= strategy.last ? covered : undefined;
}
