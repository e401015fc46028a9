import { cleanText, textOf } from '@troupe/contracts';
import type { ModelResponse } from '@troupe/spec';

/** The text of an answer that can be used whole; undefined when it was refused, filtered, cut off or is empty. */
export function answeredText(response: ModelResponse): string | undefined {
  const { reason } = response.finish;
  if (reason === 'refusal' || reason === 'content_filter' || reason === 'length') return undefined;
  return cleanText(textOf(response.content)).trim() || undefined;
}
