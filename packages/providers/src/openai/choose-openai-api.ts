import { isReasoningModel } from './is-reasoning-model.js';

/** Which of OpenAI's two APIs answers. `auto`: the one that suits the model and the server. */
export type OpenAiApi = 'auto' | 'chat' | 'responses';

/**
 * Reasoning models lose what they thought between two turns of Chat Completions, so they use Responses, where it is
 * sent back. Servers that stand in for OpenAI are sure to know only Chat Completions.
 */
export function chooseOpenAiApi(api: OpenAiApi, model: string, baseUrl: string): 'chat' | 'responses' {
  if (api !== 'auto') return api;
  return isOpenAiItself(baseUrl) && isReasoningModel(model) ? 'responses' : 'chat';
}

/** `api.openai.com`, or one of its regions such as `eu.api.openai.com`. */
export function isOpenAiItself(baseUrl: string): boolean {
  return URL.canParse(baseUrl) && /^(.+\.)?api\.openai\.com$/.test(new URL(baseUrl).hostname);
}
