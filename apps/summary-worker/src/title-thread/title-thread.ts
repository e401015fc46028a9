import { parseTitle, titleRequest } from '@troupe/agent';
import { type ClaimedFollowUp, type Database, type FollowUpWork, ledgerRow, runFollowUps } from '@troupe/database';
import type { ModelCatalog } from '@troupe/spec';

/** A model call that takes longer than this is given up and tried again later, in milliseconds. */
const TIMEOUT_MS = 60_000;

/** Gives a thread its title after the first exchange. A title that somebody set meanwhile stays. */
export class TitleThread {
  readonly #database: Database;
  readonly #models: ModelCatalog;

  constructor(options: { database: Database; models: ModelCatalog }) {
    this.#database = options.database;
    this.#models = options.models;
  }

  /** @throws AggregateError of what providers threw; those tasks are put back before. */
  title(taskIds: readonly string[]): Promise<void> {
    return runFollowUps(this.#database, taskIds, (task) => this.#work(task));
  }

  async #work(task: ClaimedFollowUp): Promise<FollowUpWork> {
    if (task.thread.title !== null) return { result: {}, ledger: [] };
    const response = await this.#models
      .resolve(task.model)
      .generate(titleRequest(task.messages), { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const title = parseTitle(response);
    const ledger = ledgerRow({ purpose: 'title', model: task.model, outcome: 'completed', usage: response.usage });
    return { result: title === undefined ? {} : { title }, ledger: [ledger] };
  }
}
