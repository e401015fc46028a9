import type { JsonObject } from '../requests/json-object.js';
import { isJsonObject, numberOf, objectOf } from '../requests/json-object.js';

/** Suggests a value for a property; undefined leaves it to the schema. The schema's limits still apply. */
export type SuggestValue = (name: string, schema: JsonObject) => unknown;

const maxDepth = 24;

/**
 * The smallest value that validates against a JSON Schema, with suggestions where they fit. Knows what structured
 * output uses: types, required, enum, const, anyOf, oneOf, allOf, `$ref`, and limits of strings, numbers and arrays; of
 * `pattern`, only what one of a few plain samples satisfies.
 */
export function sampleForSchema(root: JsonObject, suggest: SuggestValue): unknown {
  const fill = (input: JsonObject, name: string, depth: number): unknown => {
    const schema = resolve(root, input);
    if (depth > maxDepth) return null;
    if ('const' in schema) return schema.const;
    const suggestion = suggest(name, schema);
    if (Array.isArray(schema.enum)) return schema.enum.includes(suggestion) ? suggestion : schema.enum[0];
    const alternatives = schema.anyOf ?? schema.oneOf;
    if (Array.isArray(alternatives)) {
      const first = alternatives.filter(isJsonObject).find((candidate) => resolve(root, candidate).type !== 'null');
      return first === undefined ? null : fill({ ...without(schema, ['anyOf', 'oneOf']), ...first }, name, depth + 1);
    }
    switch (typeOf(schema)) {
      case 'object':
        return fillObject(schema, suggestion, depth);
      case 'array':
        return fillArray(schema, name, suggestion, depth);
      case 'string':
        return fitString(schema, typeof suggestion === 'string' ? suggestion : undefined);
      case 'integer':
      case 'number':
        return fitNumber(schema, numberOf(suggestion));
      case 'boolean':
        return suggestion === true;
      default:
        return null;
    }
  };

  const fillObject = (schema: JsonObject, suggestion: unknown, depth: number): JsonObject => {
    const properties = objectOf(schema.properties);
    const required = Array.isArray(schema.required) ? schema.required.filter((key) => typeof key === 'string') : [];
    const given = objectOf(suggestion);
    const object: JsonObject = {};
    for (const key of Object.keys(properties).filter((key) => required.includes(key) || key in given)) {
      object[key] = key in given ? given[key] : fill(objectOf(properties[key]), key, depth + 1);
    }
    for (const key of required) {
      if (!(key in object)) object[key] = fill(objectOf(schema.additionalProperties), key, depth + 1);
    }
    return object;
  };

  const fillArray = (schema: JsonObject, name: string, suggestion: unknown, depth: number): unknown[] => {
    const most = numberOf(schema.maxItems) ?? Number.POSITIVE_INFINITY;
    const items = Array.isArray(suggestion) ? suggestion.slice(0, most) : [];
    const least = numberOf(schema.minItems) ?? 0;
    const prefix = Array.isArray(schema.prefixItems) ? schema.prefixItems.filter(isJsonObject) : [];
    while (items.length < least) {
      items.push(fill(prefix[items.length] ?? objectOf(schema.items), name, depth + 1));
    }
    return items;
  };

  return fill(root, '', 0);
}

/** Follows `$ref` inside the document and merges `allOf`. */
export function resolve(root: JsonObject, schema: JsonObject): JsonObject {
  let resolved = schema;
  for (let hops = 0; typeof resolved.$ref === 'string' && hops < maxDepth; hops += 1) {
    const target = resolved.$ref
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<unknown>((value, part) => objectOf(value)[part], root);
    resolved = { ...without(resolved, ['$ref']), ...objectOf(target) };
  }
  if (!Array.isArray(resolved.allOf)) return resolved;
  let merged = without(resolved, ['allOf']);
  for (const part of resolved.allOf.filter(isJsonObject).map((part) => resolve(root, part))) {
    merged = {
      ...merged,
      ...part,
      properties: { ...objectOf(merged.properties), ...objectOf(part.properties) },
      required: [merged.required, part.required].flatMap((names) => (Array.isArray(names) ? names : [])),
    };
  }
  return merged;
}

function without(schema: JsonObject, keys: string[]): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key)));
}

function typeOf(schema: JsonObject): string {
  const type = Array.isArray(schema.type) ? schema.type.find((name) => name !== 'null') : schema.type;
  if (typeof type === 'string') return type;
  if (isJsonObject(schema.properties)) return 'object';
  return schema.items === undefined ? 'string' : 'array';
}

const formats: Record<string, string> = {
  'date-time': '2026-01-01T00:00:00Z',
  date: '2026-01-01',
  time: '00:00:00Z',
  email: 'user@example.com',
  uuid: '00000000-0000-4000-8000-000000000000',
  uri: 'https://example.com/',
  ipv4: '192.0.2.1',
  hostname: 'example.com',
  duration: 'PT1H',
};

const patternSamples = [
  'a',
  'A',
  '0',
  'text',
  'some_text',
  'some-text',
  'Text',
  '12',
  '123',
  '1234',
  '2026-01-01',
  'UTC',
];

function fitString(schema: JsonObject, suggestion: string | undefined): string {
  const format = typeof schema.format === 'string' ? formats[schema.format] : undefined;
  if (format !== undefined) return format;
  const least = numberOf(schema.minLength) ?? 0;
  const most = numberOf(schema.maxLength) ?? Number.POSITIVE_INFINITY;
  const fitted = (text: string) => text.slice(0, most).padEnd(least, '.');
  const text = fitted(suggestion ?? 'text');
  if (typeof schema.pattern !== 'string') return text;
  const pattern = new RegExp(schema.pattern, 'u');
  return [text, ...patternSamples.map(fitted)].find((candidate) => pattern.test(candidate)) ?? text;
}

function fitNumber(schema: JsonObject, suggestion: number | undefined): number {
  const step = numberOf(schema.multipleOf) ?? (typeOf(schema) === 'integer' ? 1 : undefined);
  const above = numberOf(schema.exclusiveMinimum);
  const below = numberOf(schema.exclusiveMaximum);
  const least = numberOf(schema.minimum) ?? (above === undefined ? Number.NEGATIVE_INFINITY : above + (step ?? 0.01));
  const most = numberOf(schema.maximum) ?? (below === undefined ? Number.POSITIVE_INFINITY : below - (step ?? 0.01));
  const value = Math.min(Math.max(suggestion ?? 0, least), most);
  if (step === undefined) return value;
  return (value > 0 && value === most ? Math.floor(value / step) : Math.ceil(value / step)) * step;
}
