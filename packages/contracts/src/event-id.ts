/** Position of an event in its run's log: `<attempt>-<n>`, compared as two integers, never as text. */
export interface EventId {
  attempt: number;
  n: number;
}

/** Before the first event of any run. */
export const LOG_START: EventId = { attempt: 0, n: 0 };

export function formatEventId(id: EventId): string {
  return `${id.attempt}-${id.n}`;
}

/** Undefined when the text is no event id. */
export function parseEventId(text: string): EventId | undefined {
  const match = /^(\d{1,9})-(\d{1,9})$/.exec(text);
  return match ? { attempt: Number(match[1]), n: Number(match[2]) } : undefined;
}

/** Negative when `a` comes first, 0 when equal. */
export function compareEventIds(a: EventId, b: EventId): number {
  return a.attempt - b.attempt || a.n - b.n;
}
