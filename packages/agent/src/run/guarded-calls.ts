import type { ToolResultPart } from '@troupe/contracts';
import { guardCalls } from '../guardrails/guard-calls.js';
import { guardResult } from '../guardrails/guard-result.js';
import type { AcceptedCall, NextMove } from '../turn/decide-next.js';
import type { RunTurnsOptions } from './run-turns-options.js';

/** What follows a turn, with the calls as the guardrails let them be made. */
export async function guardedMove(options: RunTurnsOptions, move: NextMove): Promise<NextMove> {
  const { guards } = options;
  if (!guards || move.kind !== 'call_tools') return move;
  return guardCalls(move, guards.guardrails, guards, options);
}

/** A result as the model may read it. */
export async function guardedResult(
  options: RunTurnsOptions,
  { part }: AcceptedCall,
  result: ToolResultPart,
): Promise<ToolResultPart> {
  const { guards } = options;
  return guards ? guardResult(result, part, guards.guardrails, guards, options) : result;
}
