import type { JsonObject, JsonValue } from '@troupe/contracts';
import type { ModelUsage } from '@troupe/spec';
import type { ExpectedAnswer, ExpectedPart } from './stream-corpus.js';

/** The counts that most corpora report. */
export const counted: ModelUsage = {
  inputTokens: 9,
  outputTokens: 2,
  cachedInputTokens: 0,
  cacheWriteInputTokens: 0,
  reasoningTokens: 0,
  estimated: false,
};

export const stopped: ExpectedAnswer['finish'] = { reason: 'stop', raw: 'stop' };

export const text = (value: string): ExpectedPart => ({ type: 'text', text: value });

export const reasoning = (value: string, sealed?: JsonValue): ExpectedPart => ({
  type: 'reasoning',
  text: value,
  ...(sealed !== undefined && { sealed }),
});

export const call = (id: string | undefined, name: string, args: JsonObject): ExpectedPart => ({
  type: 'tool_call',
  ...(id !== undefined && { id }),
  name,
  arguments: args,
});

/** A call whose arguments are no JSON object: kept as they were written. */
export const brokenCall = (id: string, name: string, written: string): ExpectedPart => ({
  type: 'tool_call',
  id,
  name,
  arguments: {},
  invalid_arguments: written,
});
