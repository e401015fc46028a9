import { cleanText, type StopReason, type ToolCallPart, textOf } from '@troupe/contracts';
import type { FinishReason, ModelResponse } from '@troupe/spec';

export type ChatFinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter';

export interface ChatToolCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

export interface ChatUsage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details: { cached_tokens: number };
  completion_tokens_details: { reasoning_tokens: number };
}

export interface ChatAnswer {
  role: 'assistant';
  content: string | null;
  refusal: null;
  /** Not OpenAI's own field: what the field agreed on for thoughts. */
  reasoning_content?: string;
  tool_calls?: ChatToolCall[];
}

/** What all pieces of one answer share. */
export interface ChatHead {
  id: string;
  /** Seconds since 1970. */
  created: number;
  model: string;
}

export interface ChatCompletion extends ChatHead {
  object: 'chat.completion';
  choices: [{ index: 0; message: ChatAnswer; finish_reason: ChatFinishReason; logprobs: null }];
  usage: ChatUsage;
}

/** @param id UUIDv7 of the run or call, which tells the time too: who asks again gets the same head */
export function chatHead(id: string, model: string): ChatHead {
  const milliseconds = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  return { id: `chatcmpl-${id}`, created: Math.floor(milliseconds / 1_000), model };
}

export function chatCompletion(
  head: ChatHead,
  message: ChatAnswer,
  finish_reason: ChatFinishReason,
  usage: ChatUsage,
): ChatCompletion {
  const { id, created, model } = head;
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    choices: [{ index: 0, message, finish_reason, logprobs: null }],
    usage,
  };
}

export function answerOfText(text: string | null): ChatAnswer {
  return { role: 'assistant', content: text ?? '', refusal: null };
}

export function answerOfResponse({ content }: ModelResponse): ChatAnswer {
  const text = cleanText(textOf(content));
  const thoughts = content.map((part) => (part.type === 'reasoning' ? part.text : '')).join('');
  const calls = content.filter((part) => part.type === 'tool_call').map(chatToolCall);
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: null,
    ...(thoughts !== '' && { reasoning_content: cleanText(thoughts) }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

/** Arguments that are no JSON object go out as the model wrote them: its caller may tell it so. */
export function chatToolCall(call: ToolCallPart): ChatToolCall {
  const text = call.invalid_arguments ?? JSON.stringify(call.arguments);
  return { id: call.id, type: 'function', function: { name: call.name, arguments: text } };
}

/** Clients act on calls only where the reason says so, which not every provider does. */
export function finishOfResponse({ finish, content }: ModelResponse): ChatFinishReason {
  const called = content.some((part) => part.type === 'tool_call');
  return called && finish.reason !== 'length' ? 'tool_calls' : FINISHES[finish.reason];
}

const FINISHES: Record<FinishReason['reason'], ChatFinishReason> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  stop_sequence: 'stop',
  content_filter: 'content_filter',
  refusal: 'content_filter',
  other: 'stop',
};

/** Only runs that completed have one; the others are errors. */
export function finishOfRun(stopReason: StopReason | null): ChatFinishReason {
  switch (stopReason) {
    case 'max_tokens':
    case 'max_turns':
    case 'budget':
    case 'deadline':
      return 'length';
    case 'content_filter':
    case 'guardrail':
    case 'refusal':
      return 'content_filter';
    default:
      return 'stop';
  }
}
