import type { ContentPart, ToolCallPart, Withheld } from '@troupe/contracts';
import type { HistoryMessage } from '../history/history-message.js';
import type { GuardedInput } from './check-message.js';
import { withheldMarker } from './guardrail-messages.js';

/** A message that guardrails of input look at, and what of it they are shown. */
export interface InputMessage<M extends HistoryMessage = HistoryMessage> {
  message: M;
  content: readonly ContentPart[];
  /** It is the turn in which another agent handed over with this call: what that sent along is input of the one that took over. */
  handoff?: ToolCallPart;
}

/** A message from outside. */
export function inputMessage<M extends HistoryMessage>(message: M): InputMessage<M> {
  return { message, content: message.content };
}

/**
 * What was sent along with the newest handoff by this tool; undefined where that was nothing.
 * @param history its results included
 */
export function handoffInput<M extends HistoryMessage>(
  history: readonly M[],
  tool: string,
): InputMessage<M> | undefined {
  const done = new Set(
    history.flatMap(({ content }) =>
      content.flatMap((part) =>
        part.type === 'tool_result' && part.name === tool && part.status === 'completed' ? part.tool_call_id : [],
      ),
    ),
  );
  const message = history.findLast(({ role, content }) => role === 'assistant' && handoffIn(content) !== undefined);
  const handoff = message && handoffIn(message.content);
  if (!handoff || Object.keys(handoff.arguments).length === 0) return undefined;
  return { message, content: [{ type: 'text', text: JSON.stringify(handoff.arguments) }], handoff };

  function handoffIn(content: readonly ContentPart[]): ToolCallPart | undefined {
    return content.find((part) => part.type === 'tool_call' && part.name === tool && done.has(part.id)) as
      | ToolCallPart
      | undefined;
  }
}

/**
 * A message from outside as it is kept: the marker where it was blocked or nothing of it is left, and what guardrails left
 * of it where they changed it. Of a handoff that is what was sent along; nothing of it stays that is no JSON any more.
 */
export function inputAsKept<M extends HistoryMessage>({ message, handoff }: InputMessage<M>, input: GuardedInput): M {
  const { blocked, changed, content, by } = input;
  if (!blocked && !changed) return message;
  if (handoff) {
    const kept = { ...handoff, arguments: blocked ? {} : argumentsIn(content) };
    return { ...message, content: message.content.map((part) => (part === handoff ? kept : part)) };
  }
  const marked = blocked ?? (content.length === 0 ? by : undefined);
  const marker: ContentPart[] = marked ? [{ type: 'text', text: withheldMarker(marked) }] : [];
  return { ...message, content: marked ? marker : [...content] };
}

/** What is noted about a message that is not kept as it came; undefined for others. */
export function withheldBy({ by }: GuardedInput): Withheld | undefined {
  return by && { guardrail: by.guardrail, reason: by.reason };
}

function argumentsIn([part]: readonly ContentPart[]): ToolCallPart['arguments'] {
  try {
    const value: unknown = part?.type === 'text' ? JSON.parse(part.text) : undefined;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as ToolCallPart['arguments'])
      : {};
  } catch {
    return {};
  }
}
