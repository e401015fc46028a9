import {
  compareEventIds,
  type EventId,
  formatEventId,
  isTerminalEvent,
  LOG_START,
  parseEventId,
  type RunEvent,
} from '@troupe/contracts';
import { backoffMs, wait } from '../transport/backoff.js';
import type { Transport } from '../transport/transport.js';
import { TroupeApiError } from '../troupe-api-error.js';
import { TroupeConnectionError } from '../troupe-connection-error.js';
import { parseEventData } from './parse-event-data.js';
import { readServerSentEvents } from './read-server-sent-events.js';

export interface FollowRunOptions {
  transport: Transport;
  /** A known run, or what starts one and answers with its stream; called again, it must find the run that it started. */
  run: { id: string } | { start: () => Promise<Response> };
  /** Only events after this one. */
  after?: EventId | undefined;
  signal?: AbortSignal | undefined;
}

/** Connections in a row that brought no event; with the backoff between them about 15 s. */
const MAX_FRUITLESS_CONNECTIONS = 7;

/** The server is there but not well: worth another connection. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/**
 * Every event of a run once and in order, up to the terminal one, over as many connections as it takes.
 * @throws TroupeApiError, or TroupeConnectionError when connections stay fruitless.
 */
export async function* followRun(options: FollowRunOptions): AsyncGenerator<RunEvent> {
  let { run, after: last = LOG_START } = options;
  let started = !('start' in run);
  for (let fruitless = 1; ; fruitless += 1) {
    let failure: unknown = new TroupeConnectionError('The stream ended before the run did');
    try {
      const response = await open({ ...options, run, after: last });
      started = true;
      for await (const event of readEvents(response)) {
        if (compareEventIds(event.id, last) <= 0) continue;
        last = event.id;
        fruitless = 0;
        if (event.type === 'run.queued') run = { id: event.data.run_id };
        yield event;
        if (isTerminalEvent(event.type)) return;
      }
    } catch (error) {
      options.signal?.throwIfAborted();
      failure = error;
    }
    // What cannot be started has been tried as often as the client's settings say, and there is nothing to resume.
    if (!started || !isPassing(failure) || fruitless >= MAX_FRUITLESS_CONNECTIONS) throw failure;
    await wait(backoffMs(Math.max(fruitless, 1)), options.signal);
  }
}

/** The events of one connection. */
async function* readEvents(response: Response): AsyncGenerator<RunEvent> {
  for await (const { event: type, id: idText = '', data } of readServerSentEvents(response)) {
    const id = parseEventId(idText);
    if (type !== undefined && id !== undefined) yield { type, id, data: parseEventData(data) } as RunEvent;
  }
}

function open({ transport, run, after = LOG_START, signal }: FollowRunOptions): Promise<Response> {
  if ('start' in run) return run.start();
  const resumed = compareEventIds(after, LOG_START) > 0;
  return transport.send({
    method: 'GET',
    path: `/api/runs/${encodeURIComponent(run.id)}/events`,
    headers: { accept: 'text/event-stream', ...(resumed ? { 'last-event-id': formatEventId(after) } : {}) },
    signal,
    maxRetries: 0,
  });
}

function isPassing(error: unknown): boolean {
  if (error instanceof TroupeApiError) return PASSING_STATUSES.has(error.status);
  return error instanceof TroupeConnectionError;
}
