import {
  BACKGROUND_DELAY_MS,
  DUE_PLACES,
  FORGET_MS,
  GRACE_MS,
  LONGEST_LINE,
  PROTECTED_PLACES,
  SWEEP_AT_ONCE,
} from '../rules/timing.js';
import { SortedSet } from './sorted-set.js';

/** Who wants a turn. */
export interface Applicant {
  /** Calls that share a turn: a tenant's interactive ones, or its background ones. */
  lane: string;
  background: boolean;
  /** What the call takes of the scope's time, divided by its weight. Milliseconds. */
  share: number;
  input: number;
  output: number;
}

export interface Waiter {
  lane: string;
  background: boolean;
  share: number;
  input: number;
  output: number;
  /** Where it stands: virtual milliseconds. */
  tag: number;
  /** When it was told to come. */
  wake: number;
}

/** Keeps tags apart that would be equal, in the order of arrival. Virtual milliseconds. */
const ARRIVAL_STEP = 0.001;

/**
 * Who waits, in fair order: start-time fair queuing. Each lane has a clock of its own that runs faster the more it takes; the lane
 * whose clock shows the least is next, and a lane that was quiet starts at the common time. So a tenant's first call stands in
 * front of another's ten thousandth. A waiter keeps its place while it comes when it was told to.
 */
export class WaitingLine {
  #virtual = 0;
  #arrivals = 0;
  #sumInput = 0;
  #sumOutput = 0;
  /** How many of the line somebody waits for. */
  #interactive = 0;
  readonly #line = new SortedSet();
  readonly #wakes = new SortedSet();
  readonly #late = new SortedSet();
  readonly #lanes = new SortedSet();
  readonly #waiters = new Map<string, Waiter>();

  get length(): number {
    return this.#line.size;
  }

  /** Nobody has a place, and no place is remembered. */
  get isEmpty(): boolean {
    return this.#waiters.size === 0;
  }

  /** Those that did not come in time no longer stand in the line; later their places are forgotten. */
  sweep(now: number): void {
    for (const id of this.#wakes.between(-Infinity, now - GRACE_MS, SWEEP_AT_ONCE)) {
      const wake = this.#wakes.score(id) ?? now;
      this.#stepOut(id);
      this.#late.add(id, wake + GRACE_MS + FORGET_MS);
    }
    for (const id of this.#late.between(-Infinity, now, SWEEP_AT_ONCE)) this.leave(id);
  }

  /** The waiter of that name, with what it is thought to take now; one that is late stands where it stood. */
  find(id: string, { input, output }: Pick<Applicant, 'input' | 'output'>, now: number): Waiter | undefined {
    const waiter = this.#waiters.get(id);
    if (waiter === undefined) return undefined;
    const isLate = this.#late.remove(id);
    if (!isLate) {
      this.#sumInput += input - waiter.input;
      this.#sumOutput += output - waiter.output;
    }
    waiter.input = input;
    waiter.output = output;
    if (isLate) this.#stepIn(id, waiter, now);
    return waiter;
  }

  /** Where a newcomer would stand. */
  tagOf({ lane, background, share }: Pick<Applicant, 'lane' | 'background' | 'share'>): number {
    let delay = background ? BACKGROUND_DELAY_MS / Math.max(1, this.#lanes.size) : 0;
    // With nobody to step back for, a turn of the others is enough: who comes next and is waited for still goes first.
    if (background && this.#interactive === 0) delay = Math.min(delay, share);
    const start = this.#virtual + delay;
    return Math.max(start, this.#lanes.score(lane) ?? start) + this.#arrivals * ARRIVAL_STEP;
  }

  /** How many stand before that tag. */
  ahead(tag: number): number {
    return this.#line.countBelow(tag);
  }

  /** Expected input and output of so many waiters. */
  tokensOf(waiters: number): { input: number; output: number } {
    const each = waiters / Math.max(1, this.#line.size);
    return { input: this.#sumInput * each, output: this.#sumOutput * each };
  }

  /**
   * Those before a tag whose turn must not be taken: the first in the line, and those whose time has come. In the order in which
   * they will come.
   */
  protectedFrom(tag: number, now: number): Waiter[] {
    const due = this.#wakes.between(now - GRACE_MS, now, DUE_PLACES);
    const ids = new Set([...this.#line.first(PROTECTED_PLACES), ...due]);
    return [...ids]
      .flatMap((id) => this.#waiters.get(id) ?? [])
      .filter((waiter) => waiter.tag < tag)
      .sort((one, other) => one.wake - other.wake || one.tag - other.tag);
  }

  enter(id: string, applicant: Applicant, tag: number, wake: number): void {
    if (this.#line.size >= LONGEST_LINE) return;
    const { lane, background, share, input, output } = applicant;
    this.#arrivals += 1;
    this.#lanes.add(lane, tag + share);
    const waiter = { lane, background, share, input, output, tag, wake };
    this.#waiters.set(id, waiter);
    this.#stepIn(id, waiter, wake);
  }

  comeBackAt(id: string, waiter: Waiter, wake: number): void {
    waiter.wake = wake;
    this.#wakes.add(id, wake);
  }

  /** It is the turn of somebody at that tag, a waiter or a newcomer; the common time follows the first of the line. */
  serve(id: string, waiter: Waiter | undefined, applicant: Applicant, tag: number): void {
    if (waiter === undefined) {
      this.#arrivals += 1;
      this.#lanes.add(applicant.lane, tag + applicant.share);
    } else {
      this.#stepOut(id);
      this.#waiters.delete(id);
    }
    this.#virtual = Math.max(this.#virtual, Math.min(tag, this.#line.firstScore() ?? tag));
    this.#lanes.removeUpTo(this.#virtual);
    this.#restartWhenEmpty();
  }

  /** What the lane was charged for a turn it did not take is given back. */
  leave(id: string): boolean {
    const waiter = this.#waiters.get(id);
    if (waiter === undefined) return false;
    this.#stepOut(id);
    this.#late.remove(id);
    this.#waiters.delete(id);
    const clock = this.#lanes.score(waiter.lane);
    if (clock !== undefined) this.#lanes.add(waiter.lane, clock - waiter.share);
    this.#lanes.removeUpTo(this.#virtual);
    this.#restartWhenEmpty();
    return true;
  }

  #stepIn(id: string, waiter: Waiter, wake: number): void {
    waiter.wake = wake;
    this.#line.add(id, waiter.tag);
    this.#wakes.add(id, wake);
    this.#sumInput += waiter.input;
    this.#sumOutput += waiter.output;
    if (!waiter.background) this.#interactive += 1;
  }

  #stepOut(id: string): void {
    const waiter = this.#waiters.get(id);
    if (waiter === undefined || !this.#line.remove(id)) return;
    this.#wakes.remove(id);
    this.#sumInput -= waiter.input;
    this.#sumOutput -= waiter.output;
    if (!waiter.background) this.#interactive -= 1;
  }

  #restartWhenEmpty(): void {
    if (!this.isEmpty) return;
    this.#virtual = 0;
    this.#arrivals = 0;
    this.#lanes.removeUpTo(Infinity);
  }
}
