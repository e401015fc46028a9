import type { Fact } from '@troupe/contracts';
import type { ChatModel, UserMemoryStore } from '@troupe/spec';
import { findFacts } from '../follow-ups/find-facts.js';
import type { HistoryMessage } from '../history/history-message.js';

/** Who finds facts about users, and where they are kept. */
export interface UserMemoryExtractorOptions {
  /** Who finds the facts; a small one will do. */
  model: ChatModel;
  memory: UserMemoryStore;
}

/** Turns conversations into facts about their users, as the memory-extractor of a server does. */
export class UserMemoryExtractor {
  readonly #options: UserMemoryExtractorOptions;

  constructor(options: UserMemoryExtractorOptions) {
    this.#options = options;
  }

  /**
   * Finds what the user said about themselves in the newest messages, and remembers it.
   *
   * @param messages oldest first; the last ten are looked at
   * @returns the facts that are new or have changed
   * @throws TroupeError of the model, or `provider_bad_response` when its answer is no list of facts
   */
  async extractAndSave(
    userId: string,
    messages: readonly HistoryMessage[],
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<Fact[]> {
    const { model, memory } = this.#options;
    const known = await memory.list(userId);
    const found = await findFacts(model, messages, known, signal);
    const saved: Fact[] = [];
    for (const fact of found) {
      const before = known.find(({ key }) => key === fact.key);
      if (before?.value !== fact.value) saved.push(await memory.set(userId, fact));
    }
    return saved;
  }
}
