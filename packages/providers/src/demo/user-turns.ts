import { textOf } from '@troupe/contracts';
import type { ModelMessage } from '@troupe/spec';

/** What the user said, one entry a turn; of a request that carries a transcript, the user's lines in it. */
export function userTurns(messages: readonly ModelMessage[]): string[] {
  const texts = messages.filter(({ role }) => role === 'user').map(({ content }) => textOf(content));
  const lines = texts.flatMap((text) => [...text.matchAll(/^user: (.+)$/gm)].map((match) => unquoted(match[1] ?? '')));
  return lines.length > 0 ? lines : texts;
}

/** Transcripts quote what was said as JSON, so that it stays on one line. */
function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}
