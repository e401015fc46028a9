import type { Random } from '../random.js';
import { FAMILY_WEIGHTS, FAULTS } from './catalog.js';
import type { FaultKind } from './fault-kind.js';

/** A fault in its place. Its own numbers follow from the schedule's seed and its own. */
export interface PlannedFault {
  number: number;
  /** One, or two at once. */
  kinds: readonly FaultKind[];
  /** Milliseconds after the one before it was over. */
  pauseMs: number;
}

/** Between two faults: work goes on, so that the next one meets it in another state. Milliseconds. */
export interface Pause {
  from: number;
  to: number;
}

const SHORT_PAUSE: Pause = { from: 50, to: 700 };

/** Draws fault after fault, for ever, from some families. */
export function* drawFaults(
  random: Random,
  families: readonly string[],
  pause: Pause = SHORT_PAUSE,
): Generator<PlannedFault, never> {
  const failpoints = inTurn(random);
  for (let number = 1; ; number += 1) {
    const family = drawWeighted(random, families, (name) => FAMILY_WEIGHTS[name] ?? 0);
    const kinds = family === 'pair' ? drawPair(random) : [drawKind(random, family, failpoints)];
    yield { number, kinds, pauseMs: random.integer(pause.from, pause.to) };
  }
}

/** Exactly these, in this order. @throws Error when there is none of that name */
export function* listFaults(random: Random, names: readonly string[]): Generator<PlannedFault> {
  for (const [index, name] of names.entries()) {
    const kinds = name.split(' + ').map((single) => {
      const kind = FAULTS.find((fault) => fault.name === single);
      if (!kind) throw new Error(`No fault is called '${single}'.`);
      return kind;
    });
    yield { number: index + 1, kinds, pauseMs: random.integer(SHORT_PAUSE.from, SHORT_PAUSE.to) };
  }
}

/** These faults in turn, for ever. @throws Error when there is none of that name */
export function* repeatFaults(random: Random, names: readonly string[]): Generator<PlannedFault> {
  for (let round = 0; ; round += 1) {
    for (const fault of listFaults(random, names)) yield { ...fault, number: round * names.length + fault.number };
  }
}

/** A family of a planned fault, as reports count it. */
export function familyOf({ kinds }: PlannedFault): string {
  return kinds.length > 1 ? 'pair' : (kinds[0]?.family ?? '');
}

const ALONE = new Set(['pair', 'crash-loop', 'redis-minute']);

function drawPair(random: Random): FaultKind[] {
  const families = Object.keys(FAMILY_WEIGHTS).filter((family) => !ALONE.has(family));
  const first = drawKind(random, random.pick(families));
  const second = drawKind(random, random.pick(families.filter((family) => family !== first.family)));
  return [first, second];
}

/** Every failpoint once, in an order that is drawn, then again: each is to be hit so many times, and not some more often. */
function* inTurn(random: Random): Generator<FaultKind, never> {
  for (;;) {
    const left = FAULTS.filter(({ family }) => family === 'failpoint');
    while (left.length > 0) yield* left.splice(random.integer(0, left.length - 1), 1);
  }
}

function drawKind(random: Random, family: string, failpoints?: Generator<FaultKind, never>): FaultKind {
  if (family === 'failpoint' && failpoints) return failpoints.next().value;
  const kinds = FAULTS.filter((kind) => kind.family === family);
  return drawWeighted(random, kinds, (kind) => kind.weight);
}

function drawWeighted<T>(random: Random, values: readonly T[], weightOf: (value: T) => number): T {
  let left = random.next() * values.reduce((sum, value) => sum + weightOf(value), 0);
  for (const value of values) {
    left -= weightOf(value);
    if (left < 0) return value;
  }
  return random.pick(values);
}
