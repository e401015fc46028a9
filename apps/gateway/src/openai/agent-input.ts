import { type ContentPart, textOf } from '@troupe/contracts';
import type { EarlierMessage } from '@troupe/database';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';
import type { ChatSettings } from './chat-request.js';
import type { Conversation } from './conversation-builder.js';

/** The list of what was said, as the client names it, and its length. */
export interface AskedList {
  list: 'messages' | 'input';
  length: number;
}

/** What of a client's messages a run answers, and what was said before. */
export interface AgentInput {
  content: ContentPart[];
  earlier: EarlierMessage[];
}

/**
 * Without a thread the last message is the input and all others its history. On a thread what follows the last answer is
 * new: when a user wrote several times since, the input is all of it.
 * @throws TroupeError `invalid_request` where the last word is not a user's, or the request asks an agent for what only a
 * model can be asked for.
 */
export function agentInput(
  settings: ChatSettings,
  { system, messages }: Conversation,
  options: { onThread: boolean; said: AskedList },
): AgentInput {
  refuseModelOnly(settings);
  if (messages.at(-1)?.role !== 'user') throw wrongEnd(options.said);
  const newest = options.onThread ? messages.findLastIndex(({ role }) => role !== 'user') + 1 : messages.length - 1;
  const content = messages.slice(newest).flatMap((message, index) => paragraph(message.content, index));
  if (!content.some((part) => part.type !== 'text' || part.text.trim() !== '')) {
    throw wrongEnd(options.said);
  }
  const told: EarlierMessage[] = messages.slice(0, newest);
  if (system === undefined) return { content, earlier: told };
  return { content, earlier: [{ role: 'system', content: [{ type: 'text', text: system }] }, ...told] };
}

function paragraph(content: ContentPart[], index: number): ContentPart[] {
  return index === 0 || textOf(content) === '' ? content : [{ type: 'text', text: '\n\n' }, ...content];
}

/** Tools that a client brings are left out, but an answer must not look as if they had been minded. */
function refuseModelOnly({ response_format, tool_choice }: ChatSettings): void {
  const ask = 'Ask for a model by its name, as in "openai/gpt-4o".';
  if (response_format?.type === 'json_object') {
    const message = 'response_format: an agent answers with text, or by a schema. Send one as type "json_schema".';
    throw invalidRequest([fieldError(['response_format'], message)]);
  }
  const mode = typeof tool_choice === 'object' && tool_choice ? modeOf(tool_choice) : tool_choice;
  if (mode && mode !== 'auto' && mode !== 'none') {
    const message = `tool_choice: an agent uses its own tools only. ${ask}`;
    throw invalidRequest([fieldError(['tool_choice'], message)]);
  }
}

function modeOf(choice: Exclude<NonNullable<ChatSettings['tool_choice']>, string>): 'auto' | 'required' {
  return choice.type === 'allowed_tools' ? choice.allowed_tools.mode : 'required';
}

function wrongEnd({ list, length }: AskedList) {
  const message = `${list} must end with something that a user says: an agent answers a user.`;
  return invalidRequest([fieldError([list, String(length - 1)], message)]);
}
