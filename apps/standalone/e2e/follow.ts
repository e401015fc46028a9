import {
  type RunEvent,
  type RunEventData,
  type RunEventType,
  type RunTranscript,
  RunTranscriptFold,
} from '@troupe/contracts';

/** A run as a reader of its events saw it. */
export interface FollowedRun extends RunTranscript {
  events: RunEvent[];
  /** Of the events, in their order. */
  types: RunEventType[];
  runId: string;
  threadId: string;
}

/** Reads a run's events to the end. */
export async function follow(
  events: AsyncIterable<RunEvent>,
  onEvent?: (event: RunEvent) => void,
): Promise<FollowedRun> {
  const fold = new RunTranscriptFold();
  const seen: RunEvent[] = [];
  for await (const event of events) {
    seen.push(event);
    fold.add(event);
    onEvent?.(event);
  }
  const [queued] = eventsOf(seen, 'run.queued');
  return {
    ...fold.transcript,
    events: seen,
    types: seen.map(({ type }) => type),
    runId: queued?.run_id ?? '',
    threadId: queued?.thread_id ?? '',
  };
}

/** The data of all events of a type. */
export function eventsOf<T extends RunEventType>(events: readonly RunEvent[], type: T): RunEventData[T][] {
  return events.filter((event) => event.type === type).map(({ data }) => data as RunEventData[T]);
}
