import type { SimulatedMessage } from '../simulated-request.js';

const titleWords = 6;
const summaryCharacters = 400;

/**
 * What the user said, one entry a turn. A prompt that carries a transcript (`user: ...` lines, or JSON messages) counts
 * by the transcript's turns and not as a turn of its own.
 */
function userTurns(messages: SimulatedMessage[]): string[] {
  const texts = messages.filter((message) => message.role === 'user').map((message) => message.text);
  const transcript = texts.flatMap((text) => [
    ...[...text.matchAll(/^[^\n:]{0,60}\b(?:user|human)\b[^\n:]{0,60}:\s*(.+)$/gim)].map((match) =>
      unquoted(match[1] ?? ''),
    ),
    ...[...text.matchAll(/"role"\s*:\s*"user"\s*,\s*"(?:content|text)"\s*:\s*"((?:[^"\\]|\\.)*)"/g)].map(
      (match) => match[1] ?? '',
    ),
  ]);
  return transcript.length > 0 ? transcript : texts;
}

/** Transcripts quote what was said, so that it stays on one line. */
function unquoted(text: string): string {
  return text.startsWith('"') ? text.replaceAll(/^"|"$/g, '').replaceAll(/\\n/g, ' ').replaceAll('\\"', '"') : text;
}

export function titleOf(messages: SimulatedMessage[]): string {
  const words = (userTurns(messages)[0] ?? '').match(/[\p{L}\p{N}'’+*/-]+/gu)?.slice(0, titleWords) ?? [];
  const title = words.join(' ');
  return title === '' ? 'Conversation' : title.charAt(0).toUpperCase() + title.slice(1);
}

export function summaryOf(messages: SimulatedMessage[]): string {
  const turns = userTurns(messages).map((turn) => `"${turn}"`);
  return `The user said: ${turns.join('; ').slice(0, summaryCharacters)}.`;
}
