import type { RunEventBody } from '@troupe/contracts';
import type { OutputStream } from './output-stream.js';

/** How a run is followed, and ended before its time. */
export interface FollowedRun {
  signal: AbortSignal;
  onEvent(event: RunEventBody): void;
}

export interface FollowOutputOptions<Piece, Whole> {
  stream: OutputStream;
  /** Of the caller: aborting the signal ends the run. */
  options: { signal?: AbortSignal; onEvent?(event: RunEventBody): void };
  run(followed: FollowedRun): Promise<Whole>;
  pieces(stream: OutputStream): AsyncGenerator<Piece>;
}

/** The pieces of an output while a run makes it, and then the whole. Leaving early ends the run. */
export async function* followOutput<Piece, Whole>(
  options: FollowOutputOptions<Piece, Whole>,
): AsyncGenerator<Piece, Whole> {
  const { stream, options: given, run, pieces } = options;
  const left = new AbortController();
  const running = run({
    signal: given.signal ? AbortSignal.any([given.signal, left.signal]) : left.signal,
    onEvent: (event) => {
      given.onEvent?.(event);
      stream.onEvent(event);
    },
  });
  const told = running.then(
    () => stream.end(),
    (error: unknown) => stream.fail(error),
  );
  try {
    yield* pieces(stream);
    return await running;
  } finally {
    left.abort();
    await told;
  }
}
