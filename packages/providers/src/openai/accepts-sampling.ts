import { isReasoningModel } from './is-reasoning-model.js';

/** Whether a model takes temperature, top_p and stop sequences: OpenAI's reasoning models answer 400 to them. */
export function acceptsSampling(model: string): boolean {
  return !isReasoningModel(model);
}
