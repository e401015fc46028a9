import type { JsonSchema, JsonValue } from '@troupe/contracts';
import { argumentErrors } from './argument-errors.js';

/** Characters of JSON: the schema goes along with every request to the model. */
const MAX_CHARACTERS = 16_384;

/** With these a schema can be written whose check takes years. */
const UNBOUNDED = new Set(['$ref', '$dynamicRef', 'pattern', 'patternProperties']);

/** Why a schema that somebody sent cannot be that of a tool's arguments; undefined when it can. */
export function inputSchemaProblem(schema: JsonSchema): string | undefined {
  if (schema.type !== 'object') return 'must be a JSON Schema of an object: {"type": "object", "properties": {…}}';
  const { length } = JSON.stringify(schema);
  if (length > MAX_CHARACTERS) return `has ${length} characters of JSON; ${MAX_CHARACTERS} are allowed`;
  const unbounded = keywordsOf(schema).find((key) => UNBOUNDED.has(key));
  if (unbounded !== undefined) return `must not use ${unbounded}`;
  try {
    argumentErrors({ name: 'input', description: '', parameters: schema }, {});
    return undefined;
  } catch {
    return 'is no valid JSON Schema';
  }
}

/** Names of fields count too, so none may be called like that: to tell them apart is not worth it. */
function keywordsOf(value: JsonValue | undefined): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(Array.isArray(value) ? [] : [key]),
    ...keywordsOf(inner),
  ]);
}
