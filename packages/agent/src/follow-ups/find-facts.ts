import type { ChatModel } from '@troupe/spec';
import type { PromptFact } from '../definition/compile-system-prompt.js';
import type { HistoryMessage } from '../history/history-message.js';
import { type ExtractedFact, factsRequest, parseFacts } from './facts.js';

/** Newest messages that are looked at: an exchange and what it refers to. */
const FACTS_FROM_MESSAGES = 10;

/**
 * Asks a model for the lasting facts that the user stated about themselves.
 * @throws TroupeError of the model, or `provider_bad_response` when its answer is no list of facts
 */
export async function findFacts(
  model: ChatModel,
  messages: readonly HistoryMessage[],
  known: readonly PromptFact[],
  signal?: AbortSignal,
): Promise<ExtractedFact[]> {
  const request = factsRequest(messages.slice(-FACTS_FROM_MESSAGES), known);
  return parseFacts(await model.generate(request, { signal }));
}
