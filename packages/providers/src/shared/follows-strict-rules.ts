import type { JsonSchema, JsonValue } from '@troupe/contracts';
import { isJsonObject } from './parse-tool-arguments.js';

/** What strict mode takes, by OpenAI's guide to structured outputs. */
const allowed = new Set([
  ...['$schema', '$defs', 'definitions', '$ref', 'title', 'description', 'type', 'enum', 'const', 'anyOf'],
  ...['properties', 'required', 'additionalProperties', 'items', 'minItems', 'maxItems', 'pattern', 'format'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
]);

/**
 * Whether OpenAI's strict mode takes a schema: an object at its top, every object closed, every property required.
 * Others are sent without strict: the model then follows them as well as it can, and the answer is validated here.
 */
export function followsStrictRules(schema: JsonSchema): boolean {
  return schema.type === 'object' && schema.anyOf === undefined && isStrict(schema);
}

function isStrict(schema: JsonValue): boolean {
  if (!isJsonObject(schema) || !Object.keys(schema).every((keyword) => allowed.has(keyword))) return false;
  const isObject = schema.type === 'object' || (Array.isArray(schema.type) && schema.type.includes('object'));
  if ((isObject || schema.properties !== undefined) && !isClosed(schema)) return false;
  return subschemasOf(schema).every(isStrict);
}

function isClosed({ additionalProperties, properties, required }: JsonSchema): boolean {
  if (additionalProperties !== false) return false;
  const names = isJsonObject(properties) ? Object.keys(properties) : [];
  return names.every((name) => Array.isArray(required) && required.includes(name));
}

function subschemasOf({ items, anyOf, properties, $defs, definitions }: JsonSchema): JsonValue[] {
  const maps = [properties, $defs, definitions].filter(isJsonObject).flatMap((map) => Object.values(map));
  return [...maps, ...(items === undefined ? [] : [items]), ...(Array.isArray(anyOf) ? anyOf : [])];
}
