import { compareEventIds, parseEventId, type RunEvent, type RunEventBody } from '@troupe/contracts';

/** What a log of a server tells beside the run itself: that it waits, in a queue or for another process. */
const OF_THE_SERVER: ReadonlySet<string> = new Set(['run.queued', 'run.waiting']);

const IDS = ['tool_call_id', 'run_id', 'thread_id', 'message_id'] as const;

export interface NormalisedEvents {
  /** What was told and stays, with ids by the order in which they appear, and text in one piece. */
  events: object[];
  /** Steps that were withdrawn and begun anew. */
  restarted: number[];
}

/** A run's events without what must differ between two logs of the same run: ids, attempts, and how text was cut. */
export function normalisedEvents(log: readonly RunEvent[]): NormalisedEvents {
  let kept: RunEvent[] = [];
  const restarted: number[] = [];
  for (const event of log) {
    if (event.type === 'step.restarted') {
      const last = parseEventId(event.data.withdraw_after);
      if (!last) throw new Error(`${event.data.withdraw_after} is no event id.`);
      kept = kept.filter(({ id }) => compareEventIds(id, last) <= 0);
      restarted.push(event.data.step);
    } else if (!OF_THE_SERVER.has(event.type)) {
      kept.push(event);
    }
  }
  return { events: inOneOrder(withOwnIds(inOnePiece(kept))), restarted };
}

/** Events of a process without a log, with the places that they would have in one. */
export function asLog(events: readonly RunEventBody[]): RunEvent[] {
  return events.map((event, index) => ({ ...event, id: { attempt: 1, n: index + 1 } }));
}

function inOnePiece(events: readonly RunEventBody[]): RunEventBody[] {
  const joined: RunEventBody[] = [];
  for (const { type, data } of events as RunEvent[]) {
    const before = joined.at(-1);
    if (type === 'text.delta' && before?.type === 'text.delta') {
      joined.splice(-1, 1, { type, data: { delta: before.data.delta + data.delta } });
    } else {
      joined.push({ type, data } as RunEventBody);
    }
  }
  return joined;
}

function withOwnIds(events: readonly RunEventBody[]): RunEventBody[] {
  const names = new Map<string, string>();
  let count = 0;
  return events.map(({ type, data }) => {
    const renamed: Record<string, unknown> = { ...data };
    for (const field of IDS) {
      const id = renamed[field];
      if (typeof id !== 'string') continue;
      // A process calls a call what its model calls it, and models begin anew with every answer.
      if (type === 'tool_call.requested') names.delete(id);
      if (!names.has(id)) {
        count += 1;
        names.set(id, `${field} ${count}`);
      }
      renamed[field] = names.get(id);
    }
    return { type, data: renamed } as RunEventBody;
  });
}

/** Results of tools that ran at the same time come in any order. */
function inOneOrder(events: readonly RunEventBody[]): RunEventBody[] {
  const ordered = [...events];
  const isResult = (event: RunEventBody | undefined) => event?.type === 'tool_call.completed';
  for (let first = 0; first < ordered.length; first += 1) {
    let end = first;
    while (isResult(ordered[end])) end += 1;
    const round = ordered.slice(first, end).sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
    ordered.splice(first, round.length, ...round);
    first = Math.max(first, end - 1);
  }
  return ordered;
}

function idOf(event: RunEventBody): string {
  return event.type === 'tool_call.completed' ? event.data.tool_call_id : '';
}
