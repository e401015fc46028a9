import { MalformedAnswer } from './provider-failure.js';

/** What a request is called at the provider: with its batch's key in front, results tell whose they are. */
export function wireCustomId(key: string, customId: string): string {
  return `${key}_${customId}`;
}

/** @throws MalformedAnswer for what we never sent */
export function readWireCustomId(wireId: unknown): { key: string; customId: string } {
  const text = typeof wireId === 'string' ? wireId : '';
  const at = text.lastIndexOf('_');
  if (at < 1) throw new MalformedAnswer(`a result of the request "${text}"`);
  return { key: text.slice(0, at), customId: text.slice(at + 1) };
}
