import { parseSummary, summaryDue, summaryRequest } from '@troupe/agent';
import { type ClaimedFollowUp, type Database, type FollowUpWork, ledgerRow, runFollowUps } from '@troupe/database';
import type { ModelCatalog } from '@troupe/spec';

/** A model call that takes longer than this is given up and tried again later, in milliseconds. */
const TIMEOUT_MS = 120_000;

/** Keeps a long thread's rolling summary: the old one and the messages that left the window become a new one. */
export class SummarizeThread {
  readonly #database: Database;
  readonly #models: ModelCatalog;

  constructor(options: { database: Database; models: ModelCatalog }) {
    this.#database = options.database;
    this.#models = options.models;
  }

  /** @throws AggregateError of what providers threw; those tasks are put back before. */
  summarize(taskIds: readonly string[]): Promise<void> {
    return runFollowUps(this.#database, taskIds, (task) => this.#work(task));
  }

  async #work(task: ClaimedFollowUp): Promise<FollowUpWork> {
    const { summary, messageCount, summarizedCount } = task.thread;
    const covered = summaryDue(task.memory, { message_count: messageCount, summarized_count: summarizedCount });
    // Another run of the thread may have had it done.
    if (covered === undefined) return { result: {}, ledger: [] };
    const notLoaded = Math.max(0, messageCount - task.messages.length);
    const messages = task.messages.slice(Math.max(0, summarizedCount - notLoaded), Math.max(0, covered - notLoaded));
    const response = await this.#models
      .resolve(task.model)
      .generate(summaryRequest(summary, messages), { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = parseSummary(response);
    const ledger = ledgerRow({ purpose: 'summary', model: task.model, outcome: 'completed', usage: response.usage });
    return { result: text === undefined ? {} : { summary: { text, summarizedCount: covered } }, ledger: [ledger] };
  }
}
