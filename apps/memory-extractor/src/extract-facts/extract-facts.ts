import { factsRequest, parseFacts } from '@troupe/agent';
import { newId } from '@troupe/contracts';
import { type ClaimedFollowUp, type Database, type FollowUpWork, ledgerRow, runFollowUps } from '@troupe/database';
import type { ModelCatalog } from '@troupe/spec';

/** A model call that takes longer than this is given up and tried again later, in milliseconds. */
const TIMEOUT_MS = 120_000;
/** Newest messages of the thread that a run's facts are looked for in: this exchange and what it refers to. */
const MESSAGES = 10;

/** Turns finished runs into facts about their users, by a structured model call. */
export class ExtractFacts {
  readonly #database: Database;
  readonly #models: ModelCatalog;

  constructor(options: { database: Database; models: ModelCatalog }) {
    this.#database = options.database;
    this.#models = options.models;
  }

  /** @throws AggregateError of what providers threw; those tasks are put back before. */
  extract(taskIds: readonly string[]): Promise<void> {
    return runFollowUps(this.#database, taskIds, (task) => this.#work(task));
  }

  async #work(task: ClaimedFollowUp): Promise<FollowUpWork> {
    const messages = task.messages.slice(-MESSAGES);
    const response = await this.#models
      .resolve(task.model)
      .generate(factsRequest(messages, task.facts), { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const said = messages.findLast((message) => message.role === 'user');
    const facts = parseFacts(response).map((fact) => ({ id: newId(), source_message_id: said?.id ?? null, ...fact }));
    const ledger = ledgerRow({ purpose: 'facts', model: task.model, outcome: 'completed', usage: response.usage });
    return { result: { facts }, ledger: [ledger] };
  }
}
