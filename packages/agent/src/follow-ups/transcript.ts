import { textOf } from '@troupe/contracts';
import { quoteUntrusted } from '../definition/quote-untrusted.js';
import type { HistoryMessage } from '../history/history-message.js';

/**
 * What was said in a thread, as material for a model that writes about it: one line a message, quoted, so that nothing
 * in it can pass for an instruction or for a line of its own. Tool calls and their results are left out.
 *
 * @param maxCharacters of one message; a pasted book needs no room in a title.
 */
export function transcript(messages: readonly HistoryMessage[], maxCharacters: number): string {
  return messages
    .filter((message) => message.role === 'user' || message.role === 'assistant')
    .map((message) => ({ role: message.role, text: textOf(message.content).trim() }))
    .filter(({ text }) => text !== '')
    .map(({ role, text }) => `${role}: ${quoteUntrusted(shorten(text, maxCharacters))}`)
    .join('\n');
}

function shorten(text: string, maxCharacters: number): string {
  return text.length > maxCharacters ? `${text.slice(0, maxCharacters).toWellFormed()}…` : text;
}
