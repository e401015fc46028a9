import { type ContentPart, textOf } from '@troupe/contracts';
import type { EarlierMessage } from '@troupe/database';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';
import type { ChatRequest } from './chat-request.js';
import { conversationOf } from './conversation.js';

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
export function agentInput(chat: ChatRequest, options: { onThread: boolean }): AgentInput {
  refuseModelOnly(chat);
  const { system, messages } = conversationOf(chat.messages);
  if (messages.at(-1)?.role !== 'user') throw wrongEnd(chat.messages.length - 1);
  const newest = options.onThread ? messages.findLastIndex(({ role }) => role !== 'user') + 1 : messages.length - 1;
  const content = messages.slice(newest).flatMap((message, index) => paragraph(message.content, index));
  if (!content.some((part) => part.type !== 'text' || part.text.trim() !== '')) {
    throw wrongEnd(chat.messages.length - 1);
  }
  const told: EarlierMessage[] = messages.slice(0, newest);
  if (system === undefined) return { content, earlier: told };
  return { content, earlier: [{ role: 'system', content: [{ type: 'text', text: system }] }, ...told] };
}

function paragraph(content: ContentPart[], index: number): ContentPart[] {
  return index === 0 || textOf(content) === '' ? content : [{ type: 'text', text: '\n\n' }, ...content];
}

/** Tools that a client brings are left out, but an answer must not look as if they had been minded. */
function refuseModelOnly({ response_format, tool_choice }: ChatRequest): void {
  const ask = 'Ask for a model by its name, as in "openai/gpt-4o".';
  if (response_format?.type === 'json_object') {
    const message = 'response_format: an agent answers with text, or by a schema. Send one as type "json_schema".';
    throw invalidRequest([fieldError(['response_format'], message)]);
  }
  if (tool_choice && tool_choice !== 'auto' && tool_choice !== 'none') {
    const message = `tool_choice: an agent uses its own tools only. ${ask}`;
    throw invalidRequest([fieldError(['tool_choice'], message)]);
  }
}

function wrongEnd(index: number) {
  const message = 'messages must end with something that a user says: an agent answers a user.';
  return invalidRequest([fieldError(['messages', String(index)], message)]);
}
