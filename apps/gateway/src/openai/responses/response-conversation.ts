import type { ContentPart } from '@troupe/contracts';
import { fieldError, invalidRequest } from '../../errors/invalid-request.js';
import { type Conversation, ConversationBuilder, calledTool } from '../conversation-builder.js';
import { fileOfData, imageOfUrl } from '../user-content.js';
import type { InputItem, InputMessage } from './response-request.js';

/** An item that says itself what it is. */
export type PlainItem = Exclude<InputItem, { type: 'item_reference' }>;

/**
 * @throws TroupeError `invalid_request` where calls and results do not pair, or nothing is said
 */
export function conversationOfItems(
  items: readonly PlainItem[],
  instructions: string | null | undefined,
): Conversation {
  const builder = new ConversationBuilder({ list: 'input', result: 'a function_call_output' });
  if (instructions) builder.addSystem(instructions);
  for (const [index, item] of items.entries()) {
    switch (item.type) {
      case 'message':
        addMessage(builder, item, index);
        break;
      case 'function_call':
        builder.addCall(calledTool(item.call_id, item.name, item.arguments), index);
        break;
      case 'function_call_output':
        builder.addResult(item.call_id, joined(item.output), ['input', String(index), 'call_id']);
    }
  }
  const conversation = builder.end(items.length);
  if (conversation.messages.length > 0 || conversation.system !== undefined) return conversation;
  throw invalidRequest([fieldError(['input'], 'input must hold something that is said.')]);
}

function addMessage(builder: ConversationBuilder, message: InputMessage, index: number): void {
  switch (message.role) {
    case 'system':
    case 'developer':
      builder.addSystem(joined(message.content));
      break;
    case 'user':
      builder.addUser(userParts(message.content, ['input', String(index), 'content']), index);
      break;
    case 'assistant':
      builder.addAssistant(answeredTexts(message.content), [], index);
  }
}

function userParts(content: Extract<InputMessage, { role: 'user' }>['content'], path: string[]): ContentPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((part, at): ContentPart => {
    const place = [...path, String(at)];
    if (part.type === 'input_image') return imageOfUrl(part.image_url ?? '', [...place, 'image_url']);
    if (part.type === 'input_file') return fileOfData(part, [...place, 'file_data']);
    return { type: 'text', text: part.text };
  });
}

function answeredTexts(content: Extract<InputMessage, { role: 'assistant' }>['content']): ContentPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((part) => ({ type: 'text', text: part.type === 'refusal' ? part.refusal : part.text }));
}

function joined(content: string | { text: string }[]): string {
  return typeof content === 'string' ? content : content.map(({ text }) => text).join('');
}
