import type { JsonObject, JsonValue } from '@troupe/contracts';

/** The value with every string in it replaced, names of fields left as they are. */
export function mapStrings(value: JsonObject, change: (text: string) => string): JsonObject;
export function mapStrings(value: JsonValue, change: (text: string) => string): JsonValue;
export function mapStrings(value: JsonValue, change: (text: string) => string): JsonValue {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, mapStrings(field, change)]));
}

/** The names of all fields, at any depth. */
export function fieldNames(value: JsonValue): string[] {
  if (Array.isArray(value)) return value.flatMap(fieldNames);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) => [name, ...fieldNames(field)]);
}
