import type { ModelSettings } from '@troupe/contracts';
import type { ChatCompletionContentPart, ChatCompletionMessageParam } from 'openai/resources/chat/completions';

interface CacheControl {
  type: 'ephemeral';
  ttl?: '1h';
}

/**
 * Marks for Claude models, which find no repeated beginnings by themselves: on the system text, before which the tools
 * stand, and on the last of what the user said or tools answered. OpenRouter takes marks on parts that are text.
 */
export function markCacheBreakpoints(
  messages: ChatCompletionMessageParam[],
  setting: ModelSettings['prompt_cache'],
  hasTools: boolean,
): ChatCompletionMessageParam[] {
  if (setting === 'off') return messages;
  const control: CacheControl = { type: 'ephemeral', ...(setting === '1h' && { ttl: '1h' }) };
  const said = messages.filter(({ role }) => role !== 'system').length;
  // Writing costs more than reading afresh: a single question that no tool will bring back is not written.
  const marksLast = setting !== undefined || hasTools || said > 1;
  return messages.map((message, index) => {
    const isLast = index === messages.length - 1 && marksLast;
    return message.role === 'system' || isLast ? marked(message, control) : message;
  });
}

function marked(message: ChatCompletionMessageParam, cache_control: CacheControl): ChatCompletionMessageParam {
  if (message.role !== 'system' && message.role !== 'user' && message.role !== 'tool') return message;
  const parts: ChatCompletionContentPart[] =
    typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;
  const at = parts.findLastIndex((part) => part.type === 'text' && part.text !== '');
  if (at === -1) return message;
  const content = parts.map((part, index) => (index === at ? { ...part, cache_control } : part));
  return { ...message, content } as ChatCompletionMessageParam;
}
