import type { MemoryStrategy } from '@troupe/contracts';
import type { ChatModel } from '@troupe/spec';
import { parseSummary, summaryRequest } from '../follow-ups/summary.js';
import { summaryDue } from '../memory/summary-window.js';
import type { Conversation } from './conversation.js';

/**
 * Writes the thread's summary anew when its strategy says that one is due, as a server does beside its runs. Never throws: a
 * summary that fails is due again after the next message, and until then more messages are shown.
 */
export async function summarizeThread(thread: Conversation, strategy: MemoryStrategy, model: ChatModel): Promise<void> {
  const { summary: before, count, messageCount, between } = thread.summarized;
  const covered = summaryDue(strategy, { message_count: messageCount, summarized_count: count });
  if (covered === undefined) return;
  const response = await model.generate(summaryRequest(before, between(count, covered))).catch(() => undefined);
  const summary = response && parseSummary(response);
  if (summary !== undefined) await thread.summarize(summary, covered).catch(() => undefined);
}
