import type { ChatModel } from '@troupe/spec';
import type { AskModel } from '../structured-output/ask-for-output.js';

/** Asks one model, once for each answer: retries, limits and fallbacks are the model's own, where it has some. */
export function askModel(model: ChatModel): AskModel {
  return (request, signal) => model.generate(request, { signal });
}
