import { type GuardedInput, inputAsKept, withheldBy } from '@troupe/agent';
import type { Withheld } from '@troupe/contracts';
import type { ClaimedRun, WithheldMessage } from '@troupe/database';

type Input = ClaimedRun['history'][number];

/**
 * What came from outside and no turn of this agent has read: the messages of users at the end of the thread, with those of
 * runs that ended before they were read; for an agent that was handed the run, also the message that it is to answer.
 */
export function inputsOfTurn({ history, options, turn }: ClaimedRun): Input[] {
  const talk = history.filter(({ role }) => role !== 'system');
  const newest = talk.findLastIndex(({ role }) => role !== 'user') + 1;
  if (options.handed_over?.turn !== turn) return talk.slice(newest);
  const end = talk.findLastIndex(({ role }, index) => role === 'user' && index < newest) + 1;
  const start = talk.findLastIndex(({ role }, index) => role !== 'user' && index < end) + 1;
  return [...talk.slice(start, end), ...talk.slice(newest)];
}

/** The run as its model may read it, and which messages that were stored before are not kept as they came. */
export function withInputs(
  run: ClaimedRun,
  inputs: readonly Input[],
  checked: readonly GuardedInput[],
): { run: ClaimedRun; withheld: WithheldMessage[] } {
  const changes = new Map<string, Input & { withheld?: Withheld }>();
  for (const [index, message] of inputs.entries()) {
    const input = checked[index];
    const kept = input ? inputAsKept(message, input) : message;
    if (input && kept !== message) changes.set(message.id, { ...kept, withheld: withheldBy(input) });
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
