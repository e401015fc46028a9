import {
  type GuardedInput,
  handoffInput,
  type InputMessage,
  inputAsKept,
  inputMessage,
  withheldBy,
} from '@troupe/agent';
import { handoffToolName, type Withheld } from '@troupe/contracts';
import type { ClaimedRun, WithheldMessage } from '@troupe/database';

type Message = ClaimedRun['history'][number];

/**
 * What came from outside and no turn of this agent has read: the messages of users at the end of the thread, with those of
 * runs that ended before they were read; for an agent that was handed the run, also what was sent along and the message that
 * it is to answer.
 */
export function inputsOfTurn({ history, options, turn, agent }: ClaimedRun): InputMessage<Message>[] {
  const talk = history.filter(({ role }) => role !== 'system');
  const newest = talk.findLastIndex(({ role }) => role !== 'user') + 1;
  const said = talk.slice(newest).map(inputMessage);
  if (options.handed_over?.turn !== turn) return said;
  const end = talk.findLastIndex(({ role }, index) => role === 'user' && index < newest) + 1;
  const start = talk.findLastIndex(({ role }, index) => role !== 'user' && index < end) + 1;
  const sent = handoffInput(talk, handoffToolName(agent));
  return [...(sent ? [sent] : []), ...talk.slice(start, end).map(inputMessage), ...said];
}

/** The run as its model may read it, and which messages that were stored before are not kept as they came. */
export function withInputs(
  run: ClaimedRun,
  inputs: readonly InputMessage<Message>[],
  checked: readonly GuardedInput[],
): { run: ClaimedRun; withheld: WithheldMessage[] } {
  const changes = new Map<string, Message & { withheld?: Withheld }>();
  for (const [index, input] of inputs.entries()) {
    const guarded = checked[index];
    const kept = guarded ? inputAsKept(input, guarded) : input.message;
    if (guarded && kept !== input.message) changes.set(kept.id, { ...kept, withheld: withheldBy(guarded) });
  }
  if (changes.size === 0) return { run, withheld: [] };
  const received = run.received.map((message) => {
    const changed = changes.get(message.id);
    return changed ? { ...message, content: changed.content, withheld: changed.withheld } : message;
  });
  const isReceived = new Set(received.map(({ id }) => id));
  return {
    run: { ...run, received, history: run.history.map((message) => changes.get(message.id) ?? message) },
    withheld: [...changes.values()].flatMap(({ id, content, withheld }) =>
      withheld && !isReceived.has(id) ? [{ id, content, withheld }] : [],
    ),
  };
}
