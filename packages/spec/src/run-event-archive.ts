import type { EventId, RunEvent } from '@troupe/contracts';

/** Where a reader of a run's log stands. */
export interface RunLogCursor {
  runId: string;
  /** The last event the reader has. */
  after: EventId;
}

/** What is stored after a cursor, or its beginning when that is much. */
export interface RunLogPage {
  /**
   * In order. Where events were removed, a `stream.reset` stands in their place, followed by the run's last event, so
   * that a log always ends with a terminal one.
   */
  events: RunEvent[];
  /** More is stored after the last of these events. */
  more: boolean;
  /** The run has ended and nothing will ever come after these events and, if `more`, those that follow. */
  ended: boolean;
}

/** The durable half of runs' logs. */
export interface RunEventArchive {
  /** A page for each cursor, in the order of the cursors. A run that is not stored (yet) has an empty one. */
  read(cursors: readonly RunLogCursor[]): Promise<RunLogPage[]>;
}
