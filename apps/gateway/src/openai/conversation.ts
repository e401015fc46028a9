import type { ContentPart } from '@troupe/contracts';
import type { ChatMessage } from './chat-request.js';
import { type Conversation, ConversationBuilder, calledTool } from './conversation-builder.js';
import { userContent } from './user-content.js';

/** @throws TroupeError `invalid_request` where calls and results do not pair */
export function conversationOf(messages: readonly ChatMessage[]): Conversation {
  const builder = new ConversationBuilder({ list: 'messages', result: 'a message of role tool' });
  for (const [index, message] of messages.entries()) {
    switch (message.role) {
      case 'tool':
        builder.addResult(message.tool_call_id, joined(message.content), ['messages', String(index), 'tool_call_id']);
        break;
      case 'system':
      case 'developer':
        builder.addSystem(joined(message.content));
        break;
      case 'user':
        builder.addUser(userContent(message.content, index), index);
        break;
      case 'assistant': {
        const calls = (message.tool_calls ?? []).map(({ id, function: called }) =>
          calledTool(id, called.name, called.arguments),
        );
        builder.addAssistant(textsOf(message.content), calls, index);
      }
    }
  }
  return builder.end(messages.length);
}

function joined(content: string | { text: string }[]): string {
  return typeof content === 'string' ? content : content.map(({ text }) => text).join('');
}

function textsOf(content: Extract<ChatMessage, { role: 'assistant' }>['content']): ContentPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return (content ?? []).map((part) => ({ type: 'text', text: part.type === 'text' ? part.text : part.refusal }));
}
