import type { ModelRequest } from '@troupe/spec';
import { charactersOf, estimateTextTokens, FILE_TOKENS, IMAGE_TOKENS } from './token-sizes.js';

/** What a provider would count as the input of a call that broke off before it said so. Tokens. */
export function estimateRequestTokens({ system = '', messages, tools = [], outputSchema }: ModelRequest): number {
  let characters = system.length + (outputSchema ? JSON.stringify(outputSchema.schema).length : 0);
  let media = 0;
  for (const part of messages.flatMap(({ content }) => content)) {
    if (part.type === 'image') media += IMAGE_TOKENS;
    else if (part.type === 'file') media += FILE_TOKENS;
    else characters += charactersOf(part);
  }
  for (const { name, description, parameters } of tools) {
    characters += name.length + description.length + JSON.stringify(parameters).length;
  }
  return estimateTextTokens(characters) + media;
}
