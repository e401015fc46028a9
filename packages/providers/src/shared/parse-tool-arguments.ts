import type { JsonObject, JsonValue, ToolCallPart } from '@troupe/contracts';

/** Arguments as a model wrote them; none at all means an empty object. What is no JSON object is kept as text. */
export function parseToolArguments(text: string): Pick<ToolCallPart, 'arguments' | 'invalid_arguments'> {
  if (text.trim() === '') return { arguments: {} };
  try {
    const value: JsonValue = JSON.parse(text);
    if (isJsonObject(value)) return { arguments: value };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { arguments: {}, invalid_arguments: text };
}

/** The text of arguments that come as a value; a string is what the model wrote in place of an object. */
export function toolArgumentsText(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? {});
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
