import type { ContentPart } from '@troupe/contracts';

/** English text in the tokenizers of the large providers; other languages take fewer characters a token. */
const CHARACTERS_PER_TOKEN = 4;

/** A picture of about a megapixel with the large providers. */
export const IMAGE_TOKENS = 1_500;

/** A document of two or three pages, which providers read as text and as pictures. */
export const FILE_TOKENS = 6_000;

/** Tokens of a text of so many characters, roughly: exact counts need each provider's tokenizer. */
export function estimateTextTokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

/** Characters of a part that a model reads. */
export function charactersOf(part: Exclude<ContentPart, { type: 'image' | 'file' }>): number {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return part.text.length;
    case 'tool_call':
      return part.name.length + JSON.stringify(part.arguments).length;
    case 'tool_result':
      return part.content.length;
  }
}
