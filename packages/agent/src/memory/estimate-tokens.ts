import type { ContentPart } from '@troupe/contracts';
import type { HistoryMessage } from '../history/history-message.js';
import { charactersOf, estimateTextTokens, FILE_TOKENS, IMAGE_TOKENS } from '../usage/token-sizes.js';

/** Tokens of one message, roughly: exact counts need each provider's tokenizer. */
export type TokenEstimator = (message: HistoryMessage) => number;

/** What the role and the separators of a message cost. */
export const MESSAGE_TOKENS = 4;

export function estimateTokens(message: HistoryMessage): number {
  let tokens = MESSAGE_TOKENS;
  for (const part of message.content) tokens += sizeOf(part);
  return tokens;
}

/** Some providers want the name of a tool with its result once more. */
function sizeOf(part: ContentPart): number {
  if (part.type === 'image') return IMAGE_TOKENS;
  if (part.type === 'file') return FILE_TOKENS;
  return estimateTextTokens(charactersOf(part) + (part.type === 'tool_result' ? part.name.length : 0));
}
