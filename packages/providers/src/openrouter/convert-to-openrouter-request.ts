import type { ModelRequest } from '@troupe/spec';
import { type ChatCompletionBody, convertSharedFields } from '../openai/convert-to-openai-request.js';
import { convertToOpenRouterMessages } from './convert-to-openrouter-messages.js';

/** OpenRouter leaves out sampling settings that the chosen model does not take, so all are sent. */
export function convertToOpenRouterRequest(request: ModelRequest, model: string): ChatCompletionBody {
  const { temperature, top_p, max_tokens, stop } = request.settings ?? {};
  return {
    ...convertSharedFields(request, model),
    messages: convertToOpenRouterMessages(request, model),
    ...(temperature !== undefined && { temperature }),
    ...(top_p !== undefined && { top_p }),
    ...(max_tokens !== undefined && { max_tokens }),
    ...(stop !== undefined && stop.length > 0 && { stop }),
  };
}
