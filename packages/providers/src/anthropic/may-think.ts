import type { MessageParam } from '@anthropic-ai/sdk/resources/messages';
import type { ToolChoice } from '@troupe/spec';
import type { ClaudeTraits } from './claude-traits.js';

/**
 * Whether a request may ask for thinking: not while it demands a tool call, and, by budget, not in the middle of a tool
 * loop that began without (under another model, say): the API wants such a loop to begin with a thinking block.
 */
export function mayThink(messages: MessageParam[], toolChoice: ToolChoice | undefined, traits: ClaudeTraits): boolean {
  if (traits.forcesTools && (toolChoice === 'required' || typeof toolChoice === 'object')) return false;
  if (traits.thinking === 'adaptive') return true;
  const [first] = loopOf(messages);
  if (first === undefined || typeof first.content === 'string') return true;
  const [block] = first.content;
  return block?.type === 'thinking' || block?.type === 'redacted_thinking';
}

/** The turns since somebody asked, the first one the assistant's; none where the last turn brings no tool results. */
function loopOf(messages: MessageParam[]): MessageParam[] {
  if (!bringsResults(messages.at(-1))) return [];
  const asked = messages.findLastIndex((message) => message.role === 'user' && !bringsResults(message));
  return messages.slice(asked + 1);
}

function bringsResults(message: MessageParam | undefined): boolean {
  if (message?.role !== 'user' || typeof message.content === 'string') return false;
  return message.content.some(({ type }) => type === 'tool_result');
}
