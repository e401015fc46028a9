import type { JsonValue, RunEventBody, TroupeError } from '@troupe/contracts';
import { JsonInText } from './json-in-text.js';
import type { OutputFormat } from './output-format.js';
import { Progress } from './progress.js';
import { outputInvalid } from './review-output.js';
import type { Verdict } from './verdict.js';

/** At most twenty snapshots a second: more than a person sees, and each costs a copy of what is open. Milliseconds. */
const SNAPSHOT_INTERVAL_MS = 50;

/**
 * Follows the events of a run and tells what is there of its output. Each character is parsed once; a snapshot is made
 * only when somebody wants one, and copies only what is still open. Every turn begins anew.
 */
export class OutputStream {
  readonly #format: OutputFormat<unknown>;
  readonly #now: () => number;
  readonly #intervalMs: number;
  readonly #progress = new Progress();
  #found = new JsonInText();
  #changed = false;
  #toldAt = Number.NEGATIVE_INFINITY;

  /** @param now milliseconds */
  constructor(format: OutputFormat<unknown>, now: () => number, intervalMs = SNAPSHOT_INTERVAL_MS) {
    this.#format = format;
    this.#now = now;
    this.#intervalMs = intervalMs;
  }

  onEvent(event: RunEventBody): void {
    if (event.type === 'step.started') {
      this.#found = new JsonInText();
    } else if (event.type === 'text.delta') {
      this.#found.push(event.data.delta);
      this.#changed = true;
      if (Math.abs(this.#now() - this.#toldAt) >= this.#intervalMs) this.#progress.notify();
    }
  }

  /** The reader gets what it has not seen, and then its end. */
  end(): void {
    if (this.#changed) this.#progress.notify();
    this.#progress.end();
  }

  /** The reader gets the error at once: half an answer is of no use any more. */
  fail(error: unknown): void {
    this.#progress.fail(error);
  }

  /** The output as far as it goes, whenever there is more of it. */
  async *snapshots(): AsyncGenerator<JsonValue> {
    for await (const _ of this.#progress.changes()) {
      this.#changed = false;
      this.#toldAt = this.#now();
      const found = this.#found.snapshot();
      const part = found === undefined ? undefined : this.#format.partOf(found);
      if (part !== undefined) yield part;
    }
  }

  /**
   * The elements of an output that is an array, each once it is whole and valid. What was told is not told again: a
   * turn that begins anew goes on after it.
   * @throws TroupeError `output_invalid` when the answer in the end begins with other elements than were told
   */
  async *elements<Element>(check: (element: JsonValue) => Promise<Verdict<Element>>): AsyncGenerator<Element> {
    const told: JsonValue[] = [];
    let refusedIn: JsonInText | undefined;
    for await (const _ of this.#progress.changes()) {
      this.#changed = false;
      for (;;) {
        const found = this.#found;
        const element = found === refusedIn ? undefined : found.elements('value')?.[told.length];
        if (element === undefined) break;
        const verdict = await check(element);
        if (verdict.valid) {
          told.push(element);
          yield verdict.value;
        } else {
          refusedIn = found;
        }
      }
    }
    const whole = this.#found.elements('value') ?? [];
    const changed = told.findIndex((element, index) => JSON.stringify(element) !== JSON.stringify(whole[index]));
    if (changed !== -1) throw changedWhatWasTold(changed, whole);
  }
}

function changedWhatWasTold(index: number, whole: readonly JsonValue[]): TroupeError {
  const errors = [`element ${index} had been passed on already, and is another one in the corrected answer`];
  return outputInvalid(errors, { text: JSON.stringify(whole), stopReason: 'end_turn', refused: 1 });
}
