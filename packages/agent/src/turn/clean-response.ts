import { type ContentPart, cleanJson, cleanText, type ReasoningPart, type ToolCallPart } from '@troupe/contracts';
import type { ModelResponse } from '@troupe/spec';

/** A response as it may be stored: texts cleaned, empty texts gone, arguments no database refuses. */
export function cleanResponse(response: ModelResponse): ModelResponse {
  const content: ContentPart[] = [];
  for (const part of response.content) {
    const clean = cleanPart(part);
    if (clean.type !== 'text' || clean.text !== '') content.push(clean);
  }
  return { ...response, content };
}

function cleanPart(part: ContentPart): ContentPart {
  switch (part.type) {
    case 'text':
      return { ...part, text: cleanText(part.text) };
    case 'reasoning':
      return cleanReasoning(part);
    case 'tool_call':
      return cleanCall(part);
    default:
      return cleanJson(part);
  }
}

/** What a provider signed must go back byte for byte or not at all, so what cannot be stored as it is goes. */
function cleanReasoning(part: ReasoningPart): ReasoningPart {
  const { opaque, ...rest } = part;
  const clean: ReasoningPart = { ...rest, text: cleanText(part.text) };
  return opaque && isStorable(opaque.data) ? { ...clean, opaque } : clean;
}

/** `JSON.stringify` writes NUL and lone surrogates as escapes; a text that spells one out is refused too, harmlessly. */
function isStorable(value: unknown): boolean {
  return !/\\u(?:0000|d[89a-f])/i.test(JSON.stringify(value));
}

function cleanCall(part: ToolCallPart): ToolCallPart {
  const clean: ToolCallPart = { ...part, id: cleanText(part.id), name: cleanText(part.name) };
  if (part.invalid_arguments !== undefined) clean.invalid_arguments = cleanText(part.invalid_arguments);
  try {
    clean.arguments = cleanJson(part.arguments);
  } catch (error) {
    clean.arguments = {};
    clean.invalid_arguments = error instanceof Error ? error.message : String(error);
  }
  return clean;
}
