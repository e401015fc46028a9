import type { RunEventBody } from '@troupe/contracts';
import { Channel } from './channel.js';

interface Followed {
  signal?: AbortSignal;
  onEvent?(event: RunEventBody): void;
}

/** The text of a run as it is told. Leaving the loop early aborts the run. */
export async function* streamText(
  { signal: asked, onEvent: tell }: Followed,
  run: (followed: Required<Followed>) => Promise<unknown>,
): AsyncGenerator<string> {
  const channel = new Channel<string>();
  const left = new AbortController();
  const signal = asked ? AbortSignal.any([asked, left.signal]) : left.signal;
  const onEvent = (event: RunEventBody) => {
    tell?.(event);
    if (event.type === 'text.delta') channel.push(event.data.delta);
  };
  let failure: { error: unknown } | undefined;
  const running = run({ signal, onEvent }).then(
    () => channel.end(),
    (error: unknown) => {
      failure = { error };
      channel.fail(error);
    },
  );
  try {
    for await (const piece of channel) {
      // Of a run that was aborted nothing more is told, though it has arrived; it may have ended well all the same.
      if (asked?.aborted) await running;
      if (asked?.aborted && failure) throw failure.error;
      yield piece;
    }
  } finally {
    left.abort();
    await running;
  }
}
