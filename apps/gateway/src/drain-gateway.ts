import type { Server } from 'node:http';
import type { Readiness } from './operations/readiness.js';
import type { LastCall } from './streaming/last-call.js';
import type { OpenStreams } from './streaming/open-streams.js';

export interface DrainOptions {
  server: Server;
  readiness: Readiness;
  streams: OpenStreams;
  lastCall: LastCall;
  /** After this long whatever is left is cut off, in milliseconds; with nothing open it takes none of it. */
  withinMs: number;
}

/** Parts of the time, counted from the beginning: see `drainGateway`. */
const CLOSED_AFTER = 1 / 4;
const STREAMS_ENDED_AFTER = 3 / 4;
const LAST_CALL_AFTER = 3 / 4;
/** How often connections whose last response has left are closed, in milliseconds. */
const CLOSE_IDLE_EVERY_MS = 50;

/**
 * Ends the serving of requests so that nobody is cut off who can be told to come back:
 * 1. readiness is off; where somebody asks for it, connections are taken until the asker has noticed;
 * 2. no new connections; streams of runs end spread over a while, so that their readers do not come back all at once;
 * 3. who still waits for a run is told its id: the run goes on;
 * 4. what is left then, such as an upload or a direct call to a model, is cut off.
 */
export async function drainGateway({ server, readiness, streams, lastCall, withinMs }: DrainOptions): Promise<void> {
  readiness.drain();
  const begin = performance.now();
  if (readiness.watched) await new Promise((resolve) => setTimeout(resolve, withinMs * CLOSED_AFTER));
  const left = (part: number) => Math.max(0, withinMs * part - (performance.now() - begin));

  const closed = new Promise((resolve) => server.close(resolve));
  streams.drain(left(STREAMS_ENDED_AFTER));
  const timers = [
    setTimeout(() => lastCall.call(), left(LAST_CALL_AFTER)),
    setTimeout(() => server.closeAllConnections(), left(1)),
    // Node closes those that are idle now, and not those that are about to be.
    setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS),
  ];
  await closed;
  for (const timer of timers) clearTimeout(timer);
  streams.stop();
}
