import type { ContentPart, JsonValue } from '@troupe/contracts';
import type { ModelRequest } from '@troupe/spec';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { convertMessage } from '../openai/convert-to-openai-messages.js';

/** Chat Completions messages; assistant messages take their reasoning back where this very model wrote it. */
export function convertToOpenRouterMessages(request: ModelRequest, model: string): ChatCompletionMessageParam[] {
  const converted: ChatCompletionMessageParam[] = [];
  if (request.system) converted.push({ role: 'system', content: request.system });
  for (const message of request.messages) {
    const details = message.role === 'assistant' ? reasoningDetailsOf(message.content, model) : undefined;
    for (const wire of convertMessage(message)) {
      converted.push(details === undefined ? wire : Object.assign(wire, { reasoning_details: details }));
    }
  }
  return converted;
}

function reasoningDetailsOf(content: ContentPart[], model: string): JsonValue | undefined {
  for (const part of content) {
    if (part.type !== 'reasoning' || part.opaque === undefined) continue;
    if (part.opaque.provider === 'openrouter' && part.opaque.model === model) return part.opaque.data;
  }
  return undefined;
}
