import type { ErrorCode } from '@troupe/contracts';
import { TroupeApiError } from '../troupe-api-error.js';
import { TroupeConnectionError } from '../troupe-connection-error.js';
import type { DirectEvent } from './direct-event.js';
import { parseEventData } from './parse-event-data.js';
import { readServerSentEvents } from './read-server-sent-events.js';

/**
 * The events of a streamed direct call, up to `message.completed`. The server keeps no log of a direct call, so a broken
 * connection cannot be resumed.
 * @throws TroupeApiError when the provider failed on the way, TroupeConnectionError when the stream ends early.
 */
export async function* readDirectEvents(response: Response): AsyncGenerator<DirectEvent> {
  for await (const { event: type, data } of readServerSentEvents(response)) {
    if (type === 'text.delta') yield { type, data: parseEventData(data) };
    if (type === 'message.completed') {
      yield { type, data: parseEventData(data) };
      return;
    }
    if (type === 'error') throw errorOf(response, data);
  }
  throw new TroupeConnectionError('The stream ended before the message did; a direct call cannot be resumed');
}

function errorOf(response: Response, data: string): TroupeApiError {
  const { code, message } = parseEventData<{ code: ErrorCode; message: string }>(data);
  const requestId = response.headers.get('x-request-id') ?? undefined;
  return new TroupeApiError({ status: response.status, code, title: 'The stream failed', detail: message, requestId });
}
