import { parseSummary, summaryDue, summaryRequest } from '@troupe/agent';
import { type ClaimedFollowUp, type FollowUpRunner, type FollowUpWork, meteredCall } from '@troupe/database';
import type { ModelCalls } from '@troupe/model-calls';

/** A model call that takes longer than this is given up and tried again later, in milliseconds. */
const TIMEOUT_MS = 120_000;

/** Keeps a long thread's rolling summary: the old one and the messages that left the window become a new one. */
export class SummarizeThread {
  readonly #runner: FollowUpRunner;
  readonly #calls: ModelCalls;

  constructor(options: { runner: FollowUpRunner; calls: ModelCalls }) {
    this.#runner = options.runner;
    this.#calls = options.calls;
  }

  /** @throws AggregateError of what providers threw; those tasks are put back before. */
  summarize(taskIds: readonly string[]): Promise<void> {
    return this.#runner.run(taskIds, (task, stop) => this.#work(task, stop));
  }

  async #work(task: ClaimedFollowUp, stop: AbortSignal): Promise<FollowUpWork> {
    const { summary, messageCount, summarizedCount } = task.thread;
    const covered = summaryDue(task.memory, { message_count: messageCount, summarized_count: summarizedCount });
    // Another run of the thread may have had it done.
    if (covered === undefined) return { result: {}, ledger: [] };
    const notLoaded = Math.max(0, messageCount - task.messages.length);
    const messages = task.messages.slice(Math.max(0, summarizedCount - notLoaded), Math.max(0, covered - notLoaded));
    const request = summaryRequest(summary, messages);
    const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]);
    const answer = await this.#calls.answerTask(task, { request, signal });
    const { prices } = this.#calls;
    const { made: text, ledger } = meteredCall({
      task,
      purpose: 'summary',
      answer,
      prices,
      read: parseSummary,
    });
    return { result: text === undefined ? {} : { summary: { text, summarizedCount: covered } }, ledger };
  }
}
