import type { JsonSchema, JsonValue } from '@troupe/contracts';

/** Keywords whose value names schemas, and those whose value is data in which a `$ref` is none. */
const MAPS: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  '$defs',
  'definitions',
]);
const DATA: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'examples']);

export interface RelocatedSchema {
  schema: JsonSchema;
  /** Its `$defs` and `definitions`, for the top of the schema that it goes into. */
  definitions: JsonSchema;
}

/**
 * A schema for a place inside another one, with references that lead to the same as before.
 * @param place JSON pointer to the place: `/properties/value`.
 */
export function relocateSchema(schema: JsonSchema, place: string): RelocatedSchema {
  const { $defs, definitions, ...rest } = relocateObject(schema, place);
  return {
    schema: rest,
    definitions: { ...($defs !== undefined && { $defs }), ...(definitions !== undefined && { definitions }) },
  };
}

function relocate(value: JsonValue, place: string): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => relocate(item, place));
  return relocateObject(value, place);
}

function relocateObject(schema: JsonSchema, place: string): JsonSchema {
  const entries = Object.entries(schema).map(([keyword, value]): [string, JsonValue] => {
    if (keyword === '$ref' && typeof value === 'string') return [keyword, relocateReference(value, place)];
    if (DATA.has(keyword)) return [keyword, value];
    if (MAPS.has(keyword) && isObject(value)) return [keyword, mapValues(value, (item) => relocate(item, place))];
    return [keyword, relocate(value, place)];
  });
  return Object.fromEntries(entries);
}

function relocateReference(reference: string, place: string): string {
  const staysAtTop = reference.startsWith('#/$defs/') || reference.startsWith('#/definitions/');
  return reference.startsWith('#') && !staysAtTop ? `#${place}${reference.slice(1)}` : reference;
}

function isObject(value: JsonValue): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapValues(object: JsonSchema, map: (value: JsonValue) => JsonValue): JsonSchema {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}
