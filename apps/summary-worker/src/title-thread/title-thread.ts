import { parseTitle, titleRequest } from '@troupe/agent';
import { type ClaimedFollowUp, type FollowUpRunner, type FollowUpWork, meteredCall } from '@troupe/database';
import type { ModelCalls } from '@troupe/model-calls';

/** A model call that takes longer than this is given up and tried again later, in milliseconds. */
const TIMEOUT_MS = 60_000;

/** Gives a thread its title after the first exchange. A title that somebody set meanwhile stays. */
export class TitleThread {
  readonly #runner: FollowUpRunner;
  readonly #calls: ModelCalls;

  constructor(options: { runner: FollowUpRunner; calls: ModelCalls }) {
    this.#runner = options.runner;
    this.#calls = options.calls;
  }

  /** @throws AggregateError of what providers threw; those tasks are put back before. */
  title(taskIds: readonly string[]): Promise<void> {
    return this.#runner.run(taskIds, (task, stop) => this.#work(task, stop));
  }

  async #work(task: ClaimedFollowUp, stop: AbortSignal): Promise<FollowUpWork> {
    if (task.thread.title !== null) return { result: {}, ledger: [] };
    const request = titleRequest(task.messages);
    const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]);
    const answer = await this.#calls.answerTask(task, { request, signal });
    const { prices } = this.#calls;
    const { made: title, ledger } = meteredCall({
      task,
      purpose: 'title',
      answer,
      prices,
      read: parseTitle,
    });
    return { result: title === undefined ? {} : { title }, ledger };
  }
}
