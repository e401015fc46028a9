import type { JsonObject } from '@troupe/contracts';

/** Longest arguments or result of a tool that are shown. Characters. */
const EXCERPT_LENGTH = 160;

/** The beginning of a text or of arguments, on one line. */
export function excerptOf(value: JsonObject | string): string {
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).replace(/\s+/g, ' ');
  return text.length > EXCERPT_LENGTH ? `${text.slice(0, EXCERPT_LENGTH)}…` : text;
}
