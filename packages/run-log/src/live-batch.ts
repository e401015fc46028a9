import { type EventId, formatEventId, isTerminalEvent, parseEventId, type RunEventBody } from '@troupe/contracts';

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

/** Undefined when the text is no batch. */
export function decodeLiveBatch(text: string): LiveBatch | undefined {
  const end = text.indexOf('\n');
  const [after, first, last, flag] = text.slice(0, end).split(' ');
  const ids = [after, first, last].map((id) => parseEventId(id ?? ''));
  if (end < 0 || !ids[0] || !ids[1] || !ids[2] || !flag) return undefined;
  return { after: ids[0], first: ids[1], last: ids[2], terminal: flag === 't', frames: text.slice(end + 1) };
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
