import type { Random } from '../random.js';
import type { CallName, CasePlan } from './case-plan.js';

/** What a case exercises. */
type Shape = 'plain' | 'asking' | 'calling' | 'handing-over' | 'guarded' | 'typed';

/** How often each is drawn, compared with others. */
const SHAPES: readonly [Shape, number][] = [
  ['plain', 50],
  ['asking', 14],
  ['calling', 12],
  ['handing-over', 10],
  ['guarded', 7],
  ['typed', 7],
];

/** Half of the calls may repeat, a quarter with the same key, a quarter never. */
const PLAIN: readonly CallName[] = ['lookup', 'lookup', 'reserve', 'charge'];
const ASKING: readonly CallName[] = ['refund', 'refund', 'release', 'ask_user', 'lookup', 'charge'];
const CALLING: readonly CallName[] = ['ask_witness', 'ask_witness', 'ask_clerk', 'ask_editor', 'lookup'];
/** Plain calls and runs below runs below the run. */
const DEEP: readonly CallName[] = ['ask_manager', 'ask_manager', 'charge'];

const CHANCE = { tools: 0.4, parallel: 0.3, long: 0.15, deep: 0.2, besideHandoff: 0.3 };

export function drawPlan(id: string, random: Random): CasePlan {
  const long = random.chance(CHANCE.long);
  const words = {
    id,
    tokens: long ? random.integer(80, 200) : random.integer(3, 40),
    paceMs: long ? random.integer(10, 25) : random.integer(0, 10),
  };
  return { ...words, ...drawShape(drawName(random), random) };
}

type Shaped = Omit<CasePlan, 'id' | 'tokens' | 'paceMs'>;

function drawShape(shape: Shape, random: Random): Shaped {
  switch (shape) {
    case 'plain':
      return { rounds: plainRounds(random, 3) };
    case 'asking':
      return { rounds: drawRounds(random, ASKING, random.integer(1, 2)) };
    case 'calling':
      return { rounds: drawRounds(random, random.chance(CHANCE.deep) ? DEEP : CALLING, random.integer(1, 2)) };
    case 'guarded':
      return { rounds: plainRounds(random, 1), holds: random.pick(['secret', 'secret', 'forbidden'] as const) };
    case 'typed':
      return { rounds: plainRounds(random, 1), misfits: random.pick([0, 1, 1, 1, 2, 2, 3]) };
    case 'handing-over':
      return drawHandoff(random);
  }
}

/** The agent that takes over does what it is there for. */
function drawHandoff(random: Random): Shaped {
  const [to, shape] = random.pick([
    ['transfer_to_witness', 'plain'],
    ['transfer_to_witness', 'typed'],
    ['transfer_to_clerk', 'asking'],
    ['transfer_to_editor', 'guarded'],
    ['transfer_to_manager', 'calling'],
  ] as const);
  // Refused, because the turn hands over: it must never reach its tool.
  const first: CallName[] = random.chance(CHANCE.besideHandoff) ? ['charge', to] : [to];
  const then: Shaped = shape === 'calling' ? { rounds: drawRounds(random, CALLING, 1) } : drawShape(shape, random);
  return { ...then, rounds: [first, ...then.rounds] };
}

function plainRounds(random: Random, most: number): CallName[][] {
  return drawRounds(random, PLAIN, random.chance(CHANCE.tools) ? random.integer(1, most) : 0);
}

function drawRounds(random: Random, names: readonly CallName[], count: number): CallName[][] {
  return Array.from({ length: count }, () => {
    const calls = random.chance(CHANCE.parallel) ? random.integer(2, 3) : 1;
    return Array.from({ length: calls }, () => random.pick(names));
  });
}

function drawName(random: Random): Shape {
  let left = random.next() * SHAPES.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [shape, weight] of SHAPES) {
    left -= weight;
    if (left < 0) return shape;
  }
  return 'plain';
}
