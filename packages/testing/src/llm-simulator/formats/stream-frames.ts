/** A stream as text that is ready to be sent, cut where tokens begin. */
export interface StreamFrames {
  /** Sent at once, before the wait for the first token. */
  preamble: string;
  /** Sent right before the first token. */
  open: string;
  /** One element a token, each with the structure (block starts and ends) that comes before it. */
  tokens: string[];
  /** From the end of the last token to the terminal event. */
  close: string;
}

export class StreamFramesBuilder {
  readonly #tokens: string[] = [];
  #pending = '';

  /** Frames that are not a token: they go out with the next token, or at the end. */
  structure(frame: string): void {
    this.#pending += frame;
  }

  token(frame: string): void {
    if (this.#pending === '') {
      this.#tokens.push(frame);
    } else {
      this.#tokens.push(this.#pending + frame);
      this.#pending = '';
    }
  }

  finish(preamble: string, open: string): StreamFrames {
    return { preamble, open, tokens: this.#tokens, close: this.#pending };
  }
}
