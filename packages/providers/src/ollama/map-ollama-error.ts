import type { ProviderFailure } from '../shared/provider-failure.js';

/** An error line inside a 200 has a sentence and nothing else; these are the ones that Ollama's source writes. */
export function mapOllamaError(message: string): ProviderFailure {
  if (/not found|try pulling/i.test(message)) return { status: 404, message };
  if (/server busy|maximum pending requests/i.test(message)) return { status: 503, message };
  if (/unauthorized/i.test(message)) return { status: 401, message };
  if (/too many requests/i.test(message)) return { status: 429, message };
  if (/does not support|invalid|exceeds? the available context/i.test(message)) return { status: 400, message };
  return { status: 500, message };
}
