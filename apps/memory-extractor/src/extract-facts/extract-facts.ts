import { factsRequest, parseFacts } from '@troupe/agent';
import { newId } from '@troupe/contracts';
import { type ClaimedFollowUp, type FollowUpRunner, type FollowUpWork, meteredCall } from '@troupe/database';
import type { ModelCalls } from '@troupe/model-calls';

/** A model call that takes longer than this is given up and tried again later, in milliseconds. */
const TIMEOUT_MS = 120_000;
/** Newest messages of the thread that a run's facts are looked for in: this exchange and what it refers to. */
const MESSAGES = 10;

/** Turns finished runs into facts about their users, by a structured model call. */
export class ExtractFacts {
  readonly #runner: FollowUpRunner;
  readonly #calls: ModelCalls;

  constructor(options: { runner: FollowUpRunner; calls: ModelCalls }) {
    this.#runner = options.runner;
    this.#calls = options.calls;
  }

  /** @throws AggregateError of what providers threw; those tasks are put back before. */
  extract(taskIds: readonly string[]): Promise<void> {
    return this.#runner.run(taskIds, (task, stop) => this.#work(task, stop));
  }

  async #work(task: ClaimedFollowUp, stop: AbortSignal): Promise<FollowUpWork> {
    const messages = task.messages.slice(-MESSAGES);
    const request = factsRequest(messages, task.facts);
    const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]);
    const answer = await this.#calls.answerTask(task, { request, signal });
    const { prices } = this.#calls;
    const { made, ledger } = meteredCall({ task, purpose: 'facts', answer, prices, read: parseFacts });
    const said = messages.findLast((message) => message.role === 'user');
    const facts = made.map((fact) => ({ id: newId(), source_message_id: said?.id ?? null, ...fact }));
    return { result: { facts }, ledger };
  }
}
