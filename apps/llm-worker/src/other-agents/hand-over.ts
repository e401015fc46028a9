import { type HandoffMove, handoffEvents, refuseHandoff, unknownName } from '@troupe/agent';
import { type ModelId, newId, type RunEventBody, type ToolResultPart } from '@troupe/contracts';
import type { ClaimedRun, CommittedHandoff, NewMessage } from '@troupe/database';
import type { TurnOutcome } from '../advance-run/turn-outcome.js';
import { delegateOf, type OtherAgents } from './other-agents.js';

/** What such a turn adds to what every turn has. */
export type HandoffOutcome = Pick<TurnOutcome, 'next' | 'messages' | 'toolCalls' | 'followUps' | 'events' | 'handoff'>;

/**
 * What a turn comes to that hands over, and what it comes to where the agent that was to take over is deleted before the
 * commit. No tool of the turn runs in either case, so nothing of the agent that stops speaking is left to wait for.
 */
export function handOver(
  run: ClaimedRun,
  answer: NewMessage,
  move: HandoffMove,
  said: RunEventBody[],
  others: OtherAgents & { defaultModel: ModelId },
): { made: HandoffOutcome; refused: HandoffOutcome } {
  const { to } = move.handoff;
  const gone = unknownName(
    'agent',
    to,
    [...others.cards.keys()].filter((slug) => slug !== to),
  );
  const refused = outcomeOf(answer, move, refuseHandoff(move, `${gone} It has been deleted.`), said);
  const card = others.cards.get(to);
  if (!card) return { made: refused, refused };
  const taken = outcomeOf(answer, move, move.results, said);
  const delegate = delegateOf(card, others.defaultModel);
  const { max_turns, limits, untrusted = null } = run.configuration;
  const handoff: CommittedHandoff = {
    ...delegate,
    // A model that the request named stays; so do the tiers that both agents have.
    model: run.options.model ?? delegate.model,
    from: run.agent,
    history: run.configuration.handoffs?.find(({ agent }) => agent === to)?.history ?? 'full',
    options: { handed_over: { turn: run.turn + 1, max_turns }, ...(limits && { limits }) },
    untrusted,
    dropped_option: run.options.tier !== undefined && !card.tiers.includes(run.options.tier) ? 'tier' : null,
  };
  return { made: { ...taken, handoff, events: [...taken.events, occurred(move, taken, handoff)] }, refused };
}

function occurred({ call }: HandoffMove, { ids }: Taken, { from, agent, model }: CommittedHandoff): RunEventBody {
  const tool_call_id = ids.get(call.id) ?? call.id;
  return { type: 'handoff.occurred', data: { tool_call_id, from, to: agent, model, input: call.arguments } };
}

interface Taken extends HandoffOutcome {
  /** By which events name the calls, by the ids that the model gave. */
  ids: ReadonlyMap<string, string>;
}

function outcomeOf(answer: NewMessage, move: HandoffMove, results: ToolResultPart[], said: RunEventBody[]): Taken {
  const ids = new Map(results.map(({ tool_call_id }) => [tool_call_id, newId()]));
  const messages = [answer];
  for (const result of results) {
    const parent_id = messages.at(-1)?.id ?? answer.id;
    messages.push({ id: newId(), parent_id, role: 'tool', content: [result], model: null });
  }
  const events = handoffEvents({ content: move.content, results }, ({ id }) => ids.get(id) ?? id);
  return {
    ids,
    next: { status: 'queued', wakeInMs: 0, because: 'next_step' },
    messages,
    toolCalls: [],
    followUps: [],
    events: [...said, ...events],
  };
}
