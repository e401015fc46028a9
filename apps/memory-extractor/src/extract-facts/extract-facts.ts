import { estimateRequestTokens, factsRequest, parseFacts } from '@troupe/agent';
import { newId } from '@troupe/contracts';
import { type ClaimedFollowUp, type FollowUpRunner, type FollowUpWork, meteredCall } from '@troupe/database';
import type { ModelCatalog } from '@troupe/spec';

/** A model call that takes longer than this is given up and tried again later, in milliseconds. */
const TIMEOUT_MS = 120_000;
/** Newest messages of the thread that a run's facts are looked for in: this exchange and what it refers to. */
const MESSAGES = 10;

/** Turns finished runs into facts about their users, by a structured model call. */
export class ExtractFacts {
  readonly #runner: FollowUpRunner;
  readonly #models: ModelCatalog;

  constructor(options: { runner: FollowUpRunner; models: ModelCatalog }) {
    this.#runner = options.runner;
    this.#models = options.models;
  }

  /** @throws AggregateError of what providers threw; those tasks are put back before. */
  extract(taskIds: readonly string[]): Promise<void> {
    return this.#runner.run(taskIds, (task, stop) => this.#work(task, stop));
  }

  async #work(task: ClaimedFollowUp, stop: AbortSignal): Promise<FollowUpWork> {
    const messages = task.messages.slice(-MESSAGES);
    const model = this.#models.resolve(task.model);
    const request = factsRequest(messages, task.facts);
    const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]);
    const { made, ledger } = await meteredCall({
      task,
      purpose: 'facts',
      estimatedInputTokens: estimateRequestTokens(request),
      call: () => model.generate(request, { signal }),
      read: parseFacts,
    });
    const said = messages.findLast((message) => message.role === 'user');
    const facts = made.map((fact) => ({ id: newId(), source_message_id: said?.id ?? null, ...fact }));
    return { result: { facts }, ledger: [ledger] };
  }
}
