import type { RunEventBody, ToolResultPart } from '@troupe/contracts';
import { type HandoffMove, refuseHandoff } from '../handoff/decide-handoff.js';
import { handoffEvents } from '../handoff/handoff-events.js';
import { effectiveLimits } from '../limits/effective-limits.js';
import type { RunTurnsOptions, Speaker } from './run-turns-options.js';

/** Lets another agent speak, or tells the one that speaks why not; either way every call of the turn has its result. */
export async function handOver(
  options: RunTurnsOptions,
  move: HandoffMove,
): Promise<{ options: RunTurnsOptions; results: ToolResultPart[] }> {
  const made = (await options.handovers?.make(move)) ?? 'Not done: nobody can take over.';
  const results = typeof made === 'string' ? refuseHandoff(move, made) : move.results;
  for (const event of handoffEvents({ ...move, results })) options.onEvent(event);
  if (typeof made === 'string') return { options, results };
  options.onEvent(occurred(options, move, made));
  return { options: succeeded(options, made), results };
}

function occurred({ handovers }: RunTurnsOptions, { call, handoff }: HandoffMove, { model }: Speaker): RunEventBody {
  return {
    type: 'handoff.occurred',
    data: {
      tool_call_id: call.id,
      from: handovers?.speaker ?? '',
      to: handoff.to,
      model: model.id,
      input: call.arguments,
    },
  };
}

/**
 * A run may take as many turns as the most patient of its agents grants, so that agents in a circle come to an end. What
 * limited the run so far goes on to limit it.
 */
function succeeded(options: RunTurnsOptions, speaker: Speaker): RunTurnsOptions {
  const max_turns = Math.max(options.configuration.max_turns, speaker.configuration.max_turns);
  const limits = effectiveLimits(options.configuration.limits, speaker.configuration.limits);
  return { ...options, ...speaker, configuration: { ...speaker.configuration, max_turns, limits } };
}
