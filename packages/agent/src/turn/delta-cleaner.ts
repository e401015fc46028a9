import { cleanText } from '@troupe/contracts';

/**
 * Cleans text that arrives in pieces so that the pieces together are the cleaned whole. Half a surrogate pair at the
 * end of a piece waits for its other half: sent alone it would become U+FFFD, and the next piece another.
 */
export class DeltaCleaner {
  #held = '';

  /** What may be sent now; empty when there is nothing. */
  push(delta: string): string {
    const text = this.#held === '' ? delta : this.#held + delta;
    if (!endsInHighSurrogate(text)) {
      this.#held = '';
      return cleanText(text);
    }
    this.#held = text.slice(-1);
    return cleanText(text.slice(0, -1));
  }

  /** What was still waiting when the text ended. */
  flush(): string {
    const rest = cleanText(this.#held);
    this.#held = '';
    return rest;
  }
}

function endsInHighSurrogate(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff;
}
