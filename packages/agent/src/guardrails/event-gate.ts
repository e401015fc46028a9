import type { RunEventBody } from '@troupe/contracts';

/** Holds events back while it is closed, and lets them out in order when it opens. */
export class EventGate {
  readonly #onEvent: (event: RunEventBody) => void;
  #held: RunEventBody[] | undefined;

  constructor(onEvent: (event: RunEventBody) => void) {
    this.#onEvent = onEvent;
  }

  close(): void {
    this.#held ??= [];
  }

  open(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const event of held) this.#onEvent(event);
  }

  push(event: RunEventBody): void {
    if (this.#held) this.#held.push(event);
    else this.#onEvent(event);
  }
}
