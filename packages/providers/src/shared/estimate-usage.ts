import type { ContentPart } from '@troupe/contracts';
import type { ModelRequest, ModelUsage } from '@troupe/spec';

/** English text has about four characters a token in all current tokenizers. */
const charactersPerToken = 4;
/** What a mid-sized picture costs at the large vendors. */
const tokensPerImage = 1_000;
/** A document of two or three pages. */
const tokensPerFile = 6_000;

/** A guess for providers that report nothing, so that budgets and limits never see a free call. */
export function estimateUsage(request: ModelRequest, answer: readonly ContentPart[]): ModelUsage {
  let inputTokens = tokensOfText(request.system ?? '');
  for (const message of request.messages) inputTokens += tokensOf(message.content);
  if (request.tools !== undefined && request.tools.length > 0) {
    inputTokens += tokensOfText(JSON.stringify(request.tools));
  }
  return {
    inputTokens,
    outputTokens: tokensOf(answer),
    cachedInputTokens: 0,
    cacheWriteInputTokens: 0,
    reasoningTokens: 0,
    estimated: true,
  };
}

function tokensOf(content: readonly ContentPart[]): number {
  let tokens = 0;
  for (const part of content) {
    switch (part.type) {
      case 'text':
      case 'reasoning':
        tokens += tokensOfText(part.text);
        break;
      case 'image':
        tokens += tokensPerImage;
        break;
      case 'file':
        tokens += tokensPerFile;
        break;
      case 'tool_call':
        tokens += tokensOfText(part.name + (part.invalid_arguments ?? JSON.stringify(part.arguments)));
        break;
      case 'tool_result':
        tokens += tokensOfText(part.content);
    }
  }
  return tokens;
}

function tokensOfText(text: string): number {
  return Math.ceil(text.length / charactersPerToken);
}
