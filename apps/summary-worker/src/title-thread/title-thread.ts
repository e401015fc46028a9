import { estimateRequestTokens, parseTitle, titleRequest } from '@troupe/agent';
import { type ClaimedFollowUp, type FollowUpRunner, type FollowUpWork, meteredCall } from '@troupe/database';
import type { ModelCatalog } from '@troupe/spec';

/** A model call that takes longer than this is given up and tried again later, in milliseconds. */
const TIMEOUT_MS = 60_000;

/** Gives a thread its title after the first exchange. A title that somebody set meanwhile stays. */
export class TitleThread {
  readonly #runner: FollowUpRunner;
  readonly #models: ModelCatalog;

  constructor(options: { runner: FollowUpRunner; models: ModelCatalog }) {
    this.#runner = options.runner;
    this.#models = options.models;
  }

  /** @throws AggregateError of what providers threw; those tasks are put back before. */
  title(taskIds: readonly string[]): Promise<void> {
    return this.#runner.run(taskIds, (task, stop) => this.#work(task, stop));
  }

  async #work(task: ClaimedFollowUp, stop: AbortSignal): Promise<FollowUpWork> {
    if (task.thread.title !== null) return { result: {}, ledger: [] };
    const model = this.#models.resolve(task.model);
    const request = titleRequest(task.messages);
    const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]);
    const { made: title, ledger } = await meteredCall({
      task,
      purpose: 'title',
      estimatedInputTokens: estimateRequestTokens(request),
      call: () => model.generate(request, { signal }),
      read: parseTitle,
    });
    return { result: title === undefined ? {} : { title }, ledger: [ledger] };
  }
}
