import type { Finding } from './finding.js';

const NOTICE = '… [cut]';

/** What is beyond the allowed length, so that the rest is never longer than that. In UTF-16 units, as everywhere here. */
export function findOverlength(text: string, characters: number): Finding | undefined {
  if (text.length <= characters) return undefined;
  const kept = Math.max(0, characters - NOTICE.length);
  // Not between the halves of a surrogate pair.
  const start = text.slice(0, kept).isWellFormed() ? kept : kept - 1;
  const reason = `${text.length} characters, of ${characters} at most`;
  return { reason, passages: [{ start, end: text.length, replacement: NOTICE.slice(0, characters) }] };
}
