import { TroupeError } from './troupe-error.js';

/** Nesting that may be stored. `JSON.parse` accepts a million levels, `JSON.stringify` throws at 5,000. */
export const MAX_JSON_DEPTH = 64;

/**
 * Text as it may be stored: Postgres refuses NUL (22021) and, in jsonb, lone surrogates (22P02), so NUL goes and half
 * a surrogate pair becomes U+FFFD. Returns the same string when nothing is wrong with it.
 */
export function cleanText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes('\u0000') ? wellFormed.replaceAll('\u0000', '') : wellFormed;
}

/**
 * A JSON value with every string and key cleaned. Keys that would touch a prototype are dropped.
 * @throws TroupeError `invalid_request` when the value is nested deeper than MAX_JSON_DEPTH.
 */
export function cleanJson<T>(value: T): T {
  return clean(value, 0) as T;
}

function clean(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_JSON_DEPTH) {
    throw new TroupeError({
      code: 'invalid_request',
      fault: 'caller',
      message: `The JSON is nested more than ${MAX_JSON_DEPTH} levels deep. Flatten it.`,
    });
  }
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1));
  const cleaned: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__') continue;
    cleaned[cleanText(key)] = clean(item, depth + 1);
  }
  return cleaned;
}
