import type { RunEventBody } from '@troupe/contracts';

type DeltaType = 'text.delta' | 'reasoning.delta';

/** Deltas that follow each other, as one entry: a token costs its own characters and not a whole event's. */
interface StoredDeltas {
  type: DeltaType;
  deltas: string[];
}

/** An entry of `run_events.events`. */
export type StoredEvent = StoredDeltas | Exclude<RunEventBody, { type: DeltaType }>;

export function packEvents(events: readonly RunEventBody[]): StoredEvent[] {
  const stored: StoredEvent[] = [];
  let open: StoredDeltas | undefined;
  for (const event of events) {
    if (event.type !== 'text.delta' && event.type !== 'reasoning.delta') {
      stored.push(event);
      open = undefined;
    } else if (open?.type === event.type) {
      open.deltas.push(event.data.delta);
    } else {
      open = { type: event.type, deltas: [event.data.delta] };
      stored.push(open);
    }
  }
  return stored;
}

export function unpackEvents(stored: readonly StoredEvent[]): RunEventBody[] {
  return stored.flatMap((entry): RunEventBody[] =>
    'deltas' in entry ? entry.deltas.map((delta) => ({ type: entry.type, data: { delta } })) : [entry],
  );
}
