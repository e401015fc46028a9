import type { JsonObject } from './json-object.js';
import { isJsonObject, objectOf } from './json-object.js';

/**
 * OpenAI's rules for `strict: true`: every object says `additionalProperties: false` and requires all its properties.
 * @returns what is wrong, in the vendor's words, or undefined
 */
export function findStrictSchemaProblem(schema: JsonObject, path: string[] = []): string | undefined {
  const context = `In context=(${path.map((part) => `'${part}'`).join(', ')})`;
  if (schema.type === 'object' || isJsonObject(schema.properties)) {
    if (schema.additionalProperties !== false) {
      return `${context}, 'additionalProperties' is required to be supplied and to be false.`;
    }
    const properties = Object.keys(objectOf(schema.properties));
    const required = Array.isArray(schema.required) ? schema.required : [];
    const missing = properties.find((name) => !required.includes(name));
    if (missing !== undefined) {
      return (
        `${context}, 'required' is required to be supplied and to be an array including every key in properties. ` +
        `Missing '${missing}'.`
      );
    }
  }
  for (const [name, child] of childSchemas(schema)) {
    const problem = findStrictSchemaProblem(child, [...path, ...name]);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function* childSchemas(schema: JsonObject): Generator<[string[], JsonObject]> {
  for (const key of ['properties', '$defs', 'definitions']) {
    for (const [name, child] of Object.entries(objectOf(schema[key]))) {
      if (isJsonObject(child)) yield [[key, name], child];
    }
  }
  if (isJsonObject(schema.items)) yield [['items'], schema.items];
  if (Array.isArray(schema.anyOf)) {
    for (const [index, child] of schema.anyOf.entries()) {
      if (isJsonObject(child)) yield [['anyOf', String(index)], child];
    }
  }
}
