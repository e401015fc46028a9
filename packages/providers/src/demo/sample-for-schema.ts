import type { JsonObject, JsonSchema, JsonValue } from '@troupe/contracts';
import { isJsonObject } from '../shared/parse-tool-arguments.js';

/** Gives a value for a property by its name, or undefined to let the schema decide. */
export type ValueByName = (name: string, schema: JsonSchema) => JsonValue | undefined;

/** Schemas may refer to themselves; a demo stops here. */
const maxDepth = 8;

/** A plain value that a schema accepts. */
export function sampleForSchema(root: JsonSchema, valueByName: ValueByName = () => undefined): JsonValue {
  return sample(root, '', 0);

  function sample(given: JsonValue | undefined, name: string, depth: number): JsonValue {
    const schema = resolveSchema(root, given);
    const byName = name === '' ? undefined : valueByName(name, schema);
    if (byName !== undefined) return byName;
    if (schema.const !== undefined) return schema.const;
    if (schema.default !== undefined) return schema.default;
    if (Array.isArray(schema.enum) && schema.enum[0] !== undefined) return schema.enum[0];
    const variants = schema.anyOf ?? schema.oneOf;
    if (Array.isArray(variants)) return sample(variants[0], name, depth + 1);
    const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
    if (type === 'object' || isJsonObject(schema.properties)) return sampleObject(schema, depth);
    if (type === 'array') return sampleArray(schema, name, depth);
    return sampleOfType(type, schema);
  }

  function sampleObject({ properties, required }: JsonSchema, depth: number): JsonObject {
    const object: JsonObject = {};
    if (!isJsonObject(properties)) return object;
    for (const [name, property] of Object.entries(properties)) {
      const isRequired = Array.isArray(required) && required.includes(name);
      if (isRequired || depth < maxDepth) object[name] = sample(property, name, depth + 1);
    }
    return object;
  }

  function sampleArray({ items, minItems }: JsonSchema, name: string, depth: number): JsonValue[] {
    const length = typeof minItems === 'number' ? minItems : 0;
    return Array.from({ length }, () => sample(items, name, depth + 1));
  }
}

export function resolveSchema(root: JsonSchema, given: JsonValue | undefined): JsonSchema {
  let schema = given;
  for (let hops = 0; hops < maxDepth && isJsonObject(schema) && typeof schema.$ref === 'string'; hops += 1) {
    let target: JsonValue | undefined = root;
    for (const name of schema.$ref.split('/').slice(1)) target = isJsonObject(target) ? target[name] : undefined;
    schema = target;
  }
  return isJsonObject(schema) ? schema : {};
}

const formats: Record<string, string> = {
  'date-time': '2026-01-01T00:00:00Z',
  date: '2026-01-01',
  time: '00:00:00Z',
  email: 'demo@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
};

function sampleOfType(type: JsonValue | undefined, schema: JsonSchema): JsonValue {
  switch (type) {
    case 'integer':
    case 'number':
      return sampleNumber(schema);
    case 'boolean':
      return false;
    case 'null':
      return null;
    default: {
      const text = formats[String(schema.format)] ?? 'demo';
      const { minLength, maxLength } = schema;
      const padded = typeof minLength === 'number' ? text.padEnd(minLength, '.') : text;
      return typeof maxLength === 'number' ? padded.slice(0, maxLength) : padded;
    }
  }
}

function sampleNumber({ minimum, exclusiveMinimum, maximum }: JsonSchema): number {
  if (typeof minimum === 'number') return minimum;
  if (typeof exclusiveMinimum === 'number') return Math.floor(exclusiveMinimum) + 1;
  return typeof maximum === 'number' ? Math.min(0, maximum) : 0;
}
