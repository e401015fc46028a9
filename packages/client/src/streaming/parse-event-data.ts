import { TroupeConnectionError } from '../troupe-connection-error.js';

/** The JSON of an SSE event's `data`; the caller's type is the protocol's promise. */
export function parseEventData<T>(data: string): T {
  try {
    return JSON.parse(data) as T;
  } catch (error) {
    throw new TroupeConnectionError('The server sent an event whose data is not JSON', { cause: error });
  }
}
