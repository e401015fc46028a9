import type { ContentPart, JsonObject } from '@troupe/contracts';
import type { FinishReason, ModelEvent, ModelRequest, ModelResponse, ModelUsage } from '@troupe/spec';

/** What a scripted model does when it is called once. */
export type ScriptedTurn =
  /** Answers; when streamed, text and reasoning arrive as one delta a word. */
  | { type: 'response'; response: ModelResponse }
  /** Yields these events; when not streamed, answers with the `completed` one. */
  | { type: 'stream'; events: readonly ModelEvent[] }
  /** Throws, after the events when there are some. */
  | { type: 'error'; error: Error; after?: readonly ModelEvent[] }
  /** Yields the events and then nothing, until the call is aborted. */
  | { type: 'hang'; after?: readonly ModelEvent[] }
  /** Chooses by the request. */
  | { type: 'reply'; reply(request: ModelRequest): ScriptedTurn };

export interface ScriptedResponseOptions {
  finish?: FinishReason['reason'];
  usage?: Partial<ModelUsage>;
}

export interface ScriptedCall {
  id?: string;
  name: string;
  arguments: JsonObject;
}

/** A turn that answers with text. */
export function answer(text: string, options: ScriptedResponseOptions = {}): ScriptedTurn {
  return { type: 'response', response: scriptedResponse([{ type: 'text', text }], { finish: 'stop', ...options }) };
}

/** A turn that calls tools; ids are `call_1`, `call_2`, … unless given. */
export function callTools(calls: readonly ScriptedCall[], options: ScriptedResponseOptions = {}): ScriptedTurn {
  const content = calls.map((call, index) => ({ type: 'tool_call' as const, id: `call_${index + 1}`, ...call }));
  return { type: 'response', response: scriptedResponse(content, { finish: 'tool_calls', ...options }) };
}

/** Any content as a response, with plausible usage. */
export function scriptedResponse(content: ContentPart[], options: ScriptedResponseOptions = {}): ModelResponse {
  const reason = options.finish ?? 'stop';
  return {
    content,
    finish: { reason, raw: reason },
    usage: {
      inputTokens: 10,
      outputTokens: 5,
      cachedInputTokens: 0,
      cacheWriteInputTokens: 0,
      reasoningTokens: 0,
      estimated: false,
      ...options.usage,
    },
  };
}
