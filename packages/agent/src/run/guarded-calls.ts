import type { ToolResultPart } from '@troupe/contracts';
import { countedGuards } from '../guardrails/counted-guards.js';
import { guardMove } from '../guardrails/guard-move.js';
import { guardResult } from '../guardrails/guard-result.js';
import type { Guards } from '../guardrails/guards.js';
import type { AcceptedCall, NextMove } from '../turn/decide-next.js';
import type { RunTurnsOptions } from './run-turns-options.js';

/** What follows a turn, with the calls as the guardrails let them be made. */
export async function guardedMove(options: RunTurnsOptions, move: NextMove): Promise<NextMove> {
  const guards = countedGuardsOf(options);
  return guards ? guardMove(move, guards.guardrails, guards, options) : move;
}

/** A result as the model may read it. */
export async function guardedResult(
  options: RunTurnsOptions,
  { part }: AcceptedCall,
  result: ToolResultPart,
): Promise<ToolResultPart> {
  const guards = countedGuardsOf(options);
  return guards ? guardResult(result, part, guards.guardrails, guards, options) : result;
}

/** Judges of a run cost too, and take from its limits. */
export function countedGuardsOf({ guards, allowance, onJudged }: RunTurnsOptions): Guards | undefined {
  if (!guards) return undefined;
  return countedGuards(guards, (usage) => {
    allowance.charge(usage, 1);
    onJudged?.(usage);
  });
}
