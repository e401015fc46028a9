import type { ContentPart } from '@troupe/contracts';
import type { ModelRequest } from '@troupe/spec';

/** English text in the tokenizers of the large providers; other languages take fewer characters a token. */
const CHARACTERS_PER_TOKEN = 4;
/** A picture of about a megapixel with the large providers. */
const IMAGE_TOKENS = 1_500;

/** Tokens of a text, roughly. */
export function estimateTextTokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

/** What a provider would count as the input of a call that broke off before it said so. Tokens. */
export function estimateRequestTokens({ system = '', messages, tools = [], outputSchema }: ModelRequest): number {
  let characters = system.length + (outputSchema ? JSON.stringify(outputSchema.schema).length : 0);
  let images = 0;
  for (const part of messages.flatMap(({ content }) => content)) {
    if (part.type === 'image') images += 1;
    else characters += charactersOf(part);
  }
  for (const { name, description, parameters } of tools) {
    characters += name.length + description.length + JSON.stringify(parameters).length;
  }
  return estimateTextTokens(characters) + images * IMAGE_TOKENS;
}

function charactersOf(part: Exclude<ContentPart, { type: 'image' }>): number {
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
