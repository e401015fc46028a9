import type { MemoryStrategy } from '@troupe/contracts';
import type { ChatModel } from '@troupe/spec';
import { parseSummary, summaryRequest } from '../follow-ups/summary.js';
import { summaryDue } from '../memory/summary-window.js';
import type { InMemoryThread } from './in-memory-thread.js';

/**
 * Writes the thread's summary anew when its strategy says that one is due, as a server does beside its runs. Never throws: a
 * summary that fails is due again after the next message, and until then more messages are shown.
 */
export async function summarizeThread(
  thread: InMemoryThread,
  strategy: MemoryStrategy,
  model: ChatModel,
): Promise<void> {
  const state = { message_count: thread.messages.length, summarized_count: thread.summarized };
  const covered = summaryDue(strategy, state);
  if (covered === undefined) return;
  const added = thread.messages.slice(thread.summarized, covered);
  const response = await model.generate(summaryRequest(thread.summary, added)).catch(() => undefined);
  const summary = response && parseSummary(response);
  if (summary !== undefined) thread.summarize(summary, covered);
}
