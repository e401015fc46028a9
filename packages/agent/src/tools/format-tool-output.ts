import { cleanText, type JsonValue } from '@troupe/contracts';

/** About 5,000 tokens: a result that is longer costs more in every later turn than it tells. */
export const MAX_TOOL_OUTPUT_CHARACTERS = 20_000;

/** What the model reads of what a tool returned: a string as it is, anything else as JSON, at most `maxChars` long. */
export function formatToolOutput(value: JsonValue | undefined, maxChars: number = MAX_TOOL_OUTPUT_CHARACTERS): string {
  const text = cleanText(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null'));
  if (text.length <= maxChars) return text;
  const notice = `\n[cut: the output has ${text.length} characters, this is its beginning]`;
  return `${cleanCut(text, Math.max(0, maxChars - notice.length))}${notice}`.slice(0, maxChars);
}

/** The first characters of a text, one fewer where the cut would halve a surrogate pair. */
function cleanCut(text: string, length: number): string {
  const cut = text.slice(0, length);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
