import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { TroupeApiError } from '../troupe-api-error.js';
import { TroupeConnectionError } from '../troupe-connection-error.js';

/** The server sends at least a comment every 15 s; after three that did not come, the connection is dead. Milliseconds. */
const LONGEST_SILENCE_MS = 45_000;

export interface ReadOptions {
  /** Milliseconds without a byte after which the connection counts as dead. */
  longestSilenceMs?: number;
  /** Told what the server's `retry:` says: how long to wait before the next connection, in milliseconds. */
  onRetry?: ((retryMs: number) => void) | undefined;
}

/**
 * The events of an SSE body as they arrive, however the bytes are cut; an event without its blank line is not one.
 * Leaving the loop closes the connection.
 * @throws TroupeConnectionError when the connection breaks or falls silent, TroupeApiError for a body of another format.
 */
export async function* readServerSentEvents(
  response: Response,
  { longestSilenceMs = LONGEST_SILENCE_MS, onRetry }: ReadOptions = {},
): AsyncGenerator<EventSourceMessage> {
  const type = response.headers.get('content-type') ?? 'nothing';
  if (!response.body || !type.startsWith('text/event-stream')) {
    await response.body?.cancel();
    throw new TroupeApiError({
      status: response.status,
      code: 'unknown',
      title: 'No event stream',
      detail: `The answer was ${type} where text/event-stream was expected. Is ${response.url} Troupe's address?`,
    });
  }
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const arrived: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => arrived.push(event), ...(onRetry && { onRetry }) });
  try {
    for (;;) {
      const bytes = await nextBytes(reader, longestSilenceMs);
      if (bytes === undefined) return;
      parser.feed(decoder.decode(bytes, { stream: true }));
      yield* arrived.splice(0);
    }
  } finally {
    // Rejects only with the error of a broken connection, which has been thrown above.
    reader.cancel().catch(() => undefined);
  }
}

/** Undefined at the end of the body. */
async function nextBytes(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  longestSilenceMs: number,
): Promise<Uint8Array | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    const seconds = longestSilenceMs / 1000;
    const error = new TroupeConnectionError(`The server sent nothing for ${seconds} s`);
    timer = setTimeout(() => reject(error), longestSilenceMs);
  });
  try {
    const { done, value } = await Promise.race([reader.read(), silence]);
    return done ? undefined : value;
  } catch (error) {
    if (error instanceof TroupeConnectionError) throw error;
    throw new TroupeConnectionError('The connection broke', { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
