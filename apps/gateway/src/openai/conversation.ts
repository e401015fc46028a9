import { type ContentPart, type JsonObject, type JsonValue, type ToolCallPart, textOf } from '@troupe/contracts';
import type { ModelMessage } from '@troupe/spec';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';
import type { ChatMessage } from './chat-request.js';
import { userContent } from './user-content.js';

/** A client's messages in the runtime's words. */
export interface Conversation {
  /** What system and developer messages say, wherever they stood: providers know one system text. */
  system: string | undefined;
  messages: ModelMessage[];
}

/**
 * @throws TroupeError `invalid_request` where calls and results do not pair: providers refuse the whole request for it,
 * each in words of its own.
 */
export function conversationOf(messages: readonly ChatMessage[]): Conversation {
  const system: string[] = [];
  const converted: ModelMessage[] = [];
  let open = new Map<string, ToolCallPart>();
  for (const [index, message] of messages.entries()) {
    if (message.role === 'tool') {
      const call = open.get(message.tool_call_id);
      if (!call) throw unknownCall(index, message.tool_call_id);
      open.delete(call.id);
      addResult(converted, call, joined(message.content));
      continue;
    }
    if (message.role === 'system' || message.role === 'developer') {
      system.push(joined(message.content));
      continue;
    }
    refuseUnanswered(open, index);
    if (message.role === 'user') converted.push({ role: 'user', content: userContent(message.content, index) });
    else {
      const content = assistantContent(message);
      open = new Map(content.flatMap((part) => (part.type === 'tool_call' ? [[part.id, part]] : [])));
      converted.push({ role: 'assistant', content });
    }
  }
  refuseUnanswered(open, messages.length);
  return { system: system.length > 0 ? system.join('\n\n') : undefined, messages: converted };
}

function joined(content: string | { text: string }[]): string {
  return typeof content === 'string' ? content : content.map(({ text }) => text).join('');
}

function assistantContent({ content, tool_calls }: Extract<ChatMessage, { role: 'assistant' }>): ContentPart[] {
  const parts = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : (content ?? []);
  const texts = parts.map((part): ContentPart => {
    return { type: 'text', text: part.type === 'text' ? part.text : part.refusal };
  });
  const calls = (tool_calls ?? []).map(({ id, function: { name, arguments: text } }): ToolCallPart => {
    return { type: 'tool_call', id, name, ...parsedArguments(text) };
  });
  return textOf(texts) === '' ? calls : [...texts, ...calls];
}

function parsedArguments(text: string): Pick<ToolCallPart, 'arguments' | 'invalid_arguments'> {
  if (text.trim() === '') return { arguments: {} };
  try {
    const value: JsonValue = JSON.parse(text);
    if (isObject(value)) return { arguments: value };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { arguments: {}, invalid_arguments: text };
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Results of one turn are one message. */
function addResult(messages: ModelMessage[], { id, name }: ToolCallPart, content: string): void {
  const result: ContentPart = { type: 'tool_result', tool_call_id: id, name, status: 'completed', content };
  const last = messages.at(-1);
  if (last?.role === 'tool') last.content.push(result);
  else messages.push({ role: 'tool', content: [result] });
}

function unknownCall(index: number, id: string) {
  const message = `messages.${index}.tool_call_id: no assistant message right before it asks for the call "${id}".`;
  return invalidRequest([fieldError(['messages', String(index), 'tool_call_id'], message)]);
}

function refuseUnanswered(open: ReadonlyMap<string, ToolCallPart>, index: number): void {
  const [id] = open.keys();
  if (id === undefined) return;
  const message = `messages: the call "${id}" needs a message of role tool before messages.${index}.`;
  throw invalidRequest([fieldError(['messages'], message)]);
}
