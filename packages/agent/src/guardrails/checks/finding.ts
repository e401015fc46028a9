/** A passage of a text, by its offsets, and what stands in its place once it is taken out. */
export interface Passage {
  start: number;
  end: number;
  replacement: string;
}

/** What a rule found. */
export interface Finding {
  /** What it is, never the text itself. */
  reason: string;
  readonly passages: readonly Passage[];
}

/** The text without the passages. Of those that overlap the first stands for both. */
export function redacted(text: string, passages: readonly Passage[]): string {
  const inOrder = [...passages].sort((a, b) => a.start - b.start || b.end - a.end);
  let result = '';
  let at = 0;
  for (const { start, end, replacement } of inOrder) {
    if (end <= at) continue;
    if (start >= at) result += text.slice(at, start) + replacement;
    at = end;
  }
  return result + text.slice(at);
}
