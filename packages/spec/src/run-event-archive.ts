import type { EventId, RunEvent } from '@troupe/contracts';

/** The durable half of a run's log. */
export interface RunEventArchive {
  /** Events of the run after the cursor, in order. */
  read(runId: string, after: EventId): Promise<RunEvent[]>;
}
