import { failedResult } from '../tools/failed-result.js';
import type { NextMove } from '../turn/decide-next.js';
import { MAX_FAN_OUT } from './agent-tool-schema.js';

/** The move with no more calls of agents than one turn may make; the model is told of those that are left out. */
export function boundFanOut(move: NextMove): NextMove {
  if (move.kind !== 'call_tools') return move;
  const surplus = new Set(move.calls.filter(({ tool }) => tool.runsAgent).slice(MAX_FAN_OUT));
  if (surplus.size === 0) return move;
  const message = `Not run: one answer may call agents ${MAX_FAN_OUT} times. Call ${MAX_FAN_OUT} now and the others later.`;
  const refused = [...surplus].map(({ part }) => ({ part, result: failedResult(part, message) }));
  return {
    ...move,
    calls: move.calls.filter((call) => !surplus.has(call)),
    rejected: [...move.rejected, ...refused],
  };
}
