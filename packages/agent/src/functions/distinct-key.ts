import type { JsonValue } from '@troupe/contracts';

/** The same for values that say the same: the order of keys, capitals and white space make no difference. */
export function distinctKey(value: JsonValue): string {
  return JSON.stringify(normalized(value));
}

function normalized(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase();
  if (Array.isArray(value)) return value.map(normalized);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, item]) => [key, normalized(item)]);
}
