import type { ModelRequest } from '@troupe/spec';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { convertMessage } from '../openai/convert-to-openai-messages.js';
import type { LoopReasoning } from './loop-reasoning.js';

/** Chat Completions messages; assistant messages take their reasoning back as it came. Files may be addresses. */
export function convertToOpenRouterMessages(
  { system, messages }: ModelRequest,
  { details }: LoopReasoning,
): ChatCompletionMessageParam[] {
  const converted: ChatCompletionMessageParam[] = [];
  if (system) converted.push({ role: 'system', content: system });
  for (const [index, message] of messages.entries()) {
    const own = details.get(index);
    for (const wire of convertMessage(message, { images: true, files: 'any' })) {
      converted.push(own === undefined ? wire : Object.assign(wire, { reasoning_details: own }));
    }
  }
  return converted;
}
