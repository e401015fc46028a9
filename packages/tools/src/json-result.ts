import type { JsonValue } from '@troupe/contracts';

/**
 * What a function returned, as models read it and as it is stored: what `JSON.stringify` makes of it, so that a `Date` is a
 * text and fields that are undefined are left out. Nothing at all is null.
 * @throws Error for what has no JSON: a bigint, something that holds itself
 */
export function jsonResult(tool: string, value: unknown): JsonValue {
  if (typeof value === 'string') return value;
  try {
    const json: string | undefined = JSON.stringify(value);
    return json === undefined ? null : (JSON.parse(json) as JsonValue);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
    throw new Error(`${tool} was carried out, and what it returned cannot become JSON: ${why}`, { cause });
  }
}
