import type { Routing } from '@troupe/contracts';
import { unknownName } from '../tools/unknown-name.js';

export interface RoutingProblem {
  /** The field, from the outside in. */
  path: string[];
  message: string;
}

const RANGES = [
  ['min_input_tokens', 'max_input_tokens'],
  ['min_turn', 'max_turn'],
] as const;

/** What is wrong with a routing whose fields are of the right kind. Whether its models exist is for their catalog to say. */
export function routingProblems({ tiers, default: fallback, rules = [] }: Routing): RoutingProblem[] {
  const known = Object.keys(tiers);
  if (known.length === 0) return [{ path: ['tiers'], message: 'At least one tier is needed, such as simple.' }];
  const unknown = (path: string[], tier: string): RoutingProblem[] =>
    known.includes(tier) ? [] : [{ path, message: unknownName('tier', tier, known) }];
  return [
    ...(fallback === undefined ? [] : unknown(['default'], fallback)),
    ...rules.flatMap(({ when, use }, place) => [
      ...unknown(['rules', String(place), 'use'], use),
      ...RANGES.filter(([least, most]) => isEmpty(when[least], when[most])).map(([least, most]) => ({
        path: ['rules', String(place), 'when', most],
        message: `${most} is below ${least}, so this rule would never hold.`,
      })),
    ]),
  ];
}

function isEmpty(least?: number, most?: number): boolean {
  return least !== undefined && most !== undefined && least > most;
}
