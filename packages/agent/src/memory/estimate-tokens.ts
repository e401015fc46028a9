import type { ContentPart } from '@troupe/contracts';
import type { HistoryMessage } from '../history/history-message.js';

/** Tokens of one message, roughly: exact counts need each provider's tokenizer. */
export type TokenEstimator = (message: HistoryMessage) => number;

/** English text in the tokenizers of the large providers; other languages take fewer characters a token. */
const CHARACTERS_PER_TOKEN = 4;

/** What the role and the separators of a message cost. */
export const MESSAGE_TOKENS = 4;

/** A picture of about a megapixel with the large providers. */
const IMAGE_TOKENS = 1_500;

export function estimateTokens(message: HistoryMessage): number {
  let tokens = MESSAGE_TOKENS;
  for (const part of message.content) tokens += part.type === 'image' ? IMAGE_TOKENS : textTokens(part);
  return tokens;
}

function textTokens(part: Exclude<ContentPart, { type: 'image' }>): number {
  return Math.ceil(charactersOf(part) / CHARACTERS_PER_TOKEN);
}

function charactersOf(part: Exclude<ContentPart, { type: 'image' }>): number {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return part.text.length;
    case 'tool_call':
      return part.name.length + JSON.stringify(part.arguments).length;
    case 'tool_result':
      return part.name.length + part.content.length;
  }
}
