import { type ContentPart, type JsonObject, type JsonValue, type ToolCallPart, textOf } from '@troupe/contracts';
import type { ModelMessage } from '@troupe/spec';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';

/** A client's messages in the runtime's words. */
export interface Conversation {
  /** What system and developer messages say, wherever they stood: providers know one system text. */
  system: string | undefined;
  messages: ModelMessage[];
}

/** What a dialect calls the list of what was said, and the answer to a call. */
export interface ConversationWords {
  list: string;
  result: string;
}

/**
 * Puts a conversation together from what a client says was said.
 * @throws TroupeError `invalid_request` where calls and results do not pair: providers refuse the whole request for it,
 * each in words of its own.
 */
export class ConversationBuilder {
  readonly #words: ConversationWords;
  readonly #system: string[] = [];
  readonly #messages: ModelMessage[] = [];
  /** Calls that have no result yet. */
  readonly #open = new Map<string, ToolCallPart>();

  constructor(words: ConversationWords) {
    this.#words = words;
  }

  addSystem(text: string): void {
    this.#system.push(text);
  }

  /** `index`: place in the client's list. */
  addUser(content: ContentPart[], index: number): void {
    this.#refuseUnanswered(index);
    this.#messages.push({ role: 'user', content });
  }

  addAssistant(texts: ContentPart[], calls: ToolCallPart[], index: number): void {
    this.#refuseUnanswered(index);
    this.#messages.push({ role: 'assistant', content: textOf(texts) === '' ? calls : [...texts, ...calls] });
    for (const call of calls) this.#open.set(call.id, call);
  }

  /** A call that stands for itself belongs to what the assistant said right before it. */
  addCall(call: ToolCallPart, index: number): void {
    const last = this.#messages.at(-1);
    if (last?.role === 'assistant') {
      last.content.push(call);
      this.#open.set(call.id, call);
    } else this.addAssistant([], [call], index);
  }

  /** Results of one turn are one message. */
  addResult(id: string, content: string, path: string[]): void {
    const call = this.#open.get(id);
    if (!call) {
      const message = `${path.join('.')}: no assistant message right before it asks for the call "${id}".`;
      throw invalidRequest([fieldError(path, message)]);
    }
    this.#open.delete(id);
    const result: ContentPart = {
      type: 'tool_result',
      tool_call_id: id,
      name: call.name,
      status: 'completed',
      content,
    };
    const last = this.#messages.at(-1);
    if (last?.role === 'tool') last.content.push(result);
    else this.#messages.push({ role: 'tool', content: [result] });
  }

  end(length: number): Conversation {
    this.#refuseUnanswered(length);
    return { system: this.#system.length > 0 ? this.#system.join('\n\n') : undefined, messages: this.#messages };
  }

  #refuseUnanswered(index: number): void {
    const [id] = this.#open.keys();
    if (id === undefined) return;
    const { list, result } = this.#words;
    const message = `${list}: the call "${id}" needs ${result} before ${list}.${index}.`;
    throw invalidRequest([fieldError([list], message)]);
  }
}

/** A call as clients send it back: the arguments are text, and may be what no JSON is. */
export function calledTool(id: string, name: string, text: string): ToolCallPart {
  return { type: 'tool_call', id, name, ...parsedArguments(text) };
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
