import {
  compareEventIds,
  type EventId,
  formatEventId,
  isTerminal,
  isTerminalEvent,
  LOG_START,
  parseEventId,
  type RunEvent,
  type RunResult,
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

/** A server may ask for a longer wait before the next connection, but does not get it. Milliseconds. */
const LONGEST_WAIT_MS = 30_000;

/** The server is there but not well: worth another connection. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/**
 * Every event of a run once and in order, up to the terminal one, over as many connections as it takes. Yields nothing
 * where that one is not after `after`.
 * @throws TroupeApiError, or TroupeConnectionError when connections stay fruitless.
 */
export async function* followRun(options: FollowRunOptions): AsyncGenerator<RunEvent> {
  const { transport, signal } = options;
  let { run, after: last = LOG_START } = options;
  let started = !('start' in run);
  let retryMs = 0;
  let runHasEnded = false;
  for (let fruitless = 1; ; fruitless += 1) {
    let failure: unknown = new TroupeConnectionError('The stream ended before the run did');
    let response: Response | undefined;
    let bodyIsEmpty = true;
    // Whoever stops says when to come back. That is no failure, so it does not count as one.
    const onRetry = (asked: number) => {
      retryMs = asked;
      fruitless = 0;
      bodyIsEmpty = false;
    };
    try {
      response = await open({ ...options, run, after: last });
      started = true;
      for await (const event of readEvents(response, onRetry)) {
        if (compareEventIds(event.id, last) <= 0) continue;
        last = event.id;
        fruitless = 0;
        bodyIsEmpty = false;
        if (event.type === 'run.queued' || event.type === 'stream.reset') run = { id: event.data.run_id };
        yield event;
        if (isTerminalEvent(event.type)) return;
      }
      // A log without anything after `last` has an empty body, which counts once the run is known to have ended before.
      if (bodyIsEmpty && runHasEnded) return;
      if (bodyIsEmpty && 'id' in run) runHasEnded = await hasEnded(run.id, options);
    } catch (error) {
      signal?.throwIfAborted();
      failure = error;
    }
    if (response) transport.leave(response);
    // What cannot be started has been tried as often as the client's settings say, and there is nothing to resume.
    if (!started || !isPassing(failure) || fruitless >= MAX_FRUITLESS_CONNECTIONS) throw failure;
    await wait(delayMs(failure, Math.max(fruitless, 1), retryMs), signal);
  }
}

/** The events of one connection. */
async function* readEvents(response: Response, onRetry: (retryMs: number) => void): AsyncGenerator<RunEvent> {
  for await (const { event: type, id: idText = '', data } of readServerSentEvents(response, { onRetry })) {
    const id = parseEventId(idText);
    if (type !== undefined && id !== undefined) yield { type, id, data: parseEventData(data) } as RunEvent;
  }
}

function open({ transport, run, after = LOG_START, signal }: FollowRunOptions): Promise<Response> {
  if ('start' in run) return run.start();
  const resumed = compareEventIds(after, LOG_START) > 0;
  return transport.send({
    method: 'GET',
    path: `${pathOf(run.id)}/events`,
    headers: { accept: 'text/event-stream', ...(resumed ? { 'last-event-id': formatEventId(after) } : {}) },
    signal,
    maxRetries: 0,
  });
}

async function hasEnded(runId: string, { transport, signal }: FollowRunOptions): Promise<boolean> {
  const { run } = await transport.json<RunResult>({ method: 'GET', path: pathOf(runId), signal, maxRetries: 0 });
  return isTerminal(run.status);
}

function pathOf(runId: string): string {
  return `/api/runs/${encodeURIComponent(runId)}`;
}

/** Backs off, and waits no shorter than `retry:` or `Retry-After` asked. */
function delayMs(failure: unknown, fruitless: number, retryMs: number): number {
  const retryAfterMs = failure instanceof TroupeApiError ? (failure.retryAfterMs ?? 0) : 0;
  return Math.max(backoffMs(fruitless), Math.min(Math.max(retryMs, retryAfterMs), LONGEST_WAIT_MS));
}

function isPassing(error: unknown): boolean {
  if (error instanceof TroupeApiError) return PASSING_STATUSES.has(error.status);
  return error instanceof TroupeConnectionError;
}
