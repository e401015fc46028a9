import { type EventId, formatEventId, isTerminalEvent, type RunEventBody } from '@troupe/contracts';

/**
 * Events of one run on their way from a worker to the gateways, already framed for the wire so that a gateway forwards
 * them without reading them.
 */
export interface LiveBatch {
  /** The event that comes right before the first one here: a reader whose cursor is before it has missed something. */
  after: EventId;
  first: EventId;
  last: EventId;
  /** Whether the log ends with this batch. */
  terminal: boolean;
  /** Server-sent event frames, one an event. */
  frames: string;
}

/** The Redis channel of a run's live events. */
export function liveChannel(runId: string): string {
  return `run:${runId}`;
}

/** One event as a server-sent event. Model text is only ever inside the one-line JSON. */
export function frameEvent(event: RunEventBody, id: EventId): string {
  return `event: ${event.type}\nid: ${id.attempt}-${id.n}\ndata: ${JSON.stringify(event.data)}\n\n`;
}

/** Header line `<after> <first> <last> <t|->`, then the frames. */
export function encodeLiveBatch(batch: LiveBatch): string {
  const ids = `${formatEventId(batch.after)} ${formatEventId(batch.first)} ${formatEventId(batch.last)}`;
  return `${ids} ${batch.terminal ? 't' : '-'}\n${batch.frames}`;
}

const HEADER = /^(\d{1,9})-(\d{1,9}) (\d{1,9})-(\d{1,9}) (\d{1,9})-(\d{1,9}) ([t-])\n/;

/** Undefined when the text is no batch. */
export function decodeLiveBatch(text: string): LiveBatch | undefined {
  const match = HEADER.exec(text);
  if (!match) return undefined;
  return {
    after: { attempt: Number(match[1]), n: Number(match[2]) },
    first: { attempt: Number(match[3]), n: Number(match[4]) },
    last: { attempt: Number(match[5]), n: Number(match[6]) },
    terminal: match[7] === 't',
    frames: text.slice(match[0].length),
  };
}

/** Frames of stored events, and whether the log ends with them. */
export function frameEvents(events: readonly { event: RunEventBody; id: EventId }[]): {
  frames: string;
  terminal: boolean;
} {
  let frames = '';
  let terminal = false;
  for (const { event, id } of events) {
    frames += frameEvent(event, id);
    terminal ||= isTerminalEvent(event.type);
  }
  return { frames, terminal };
}
