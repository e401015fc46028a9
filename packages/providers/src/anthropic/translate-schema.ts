import { transformJSONSchema } from '@anthropic-ai/sdk/lib/transform-json-schema';
import type { JsonSchema } from '@troupe/contracts';
import { isError } from '../shared/is-error.js';

/**
 * A schema as constrained decoding takes it, by the SDK's own translation: objects are closed, and keywords that
 * decoding does not know become part of the description. Undefined for a schema that says of some value nothing at all.
 */
export function translateSchema(schema: JsonSchema): Record<string, unknown> | undefined {
  try {
    return transformJSONSchema(schema);
  } catch (error) {
    if (isError(error)) return undefined;
    throw error;
  }
}
