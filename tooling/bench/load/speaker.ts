import type { HttpConnection } from './http-connection.js';
import type { ReplyMeasure } from './reply-measure.js';

/** One user who asks in one dialect, and knows what has to be sent along to go on with a conversation. */
export interface Speaker {
  /** Asks and reads the whole answer. @throws when the connection breaks */
  ask(connection: HttpConnection): Promise<ReplyMeasure>;
  readonly threadId?: string;
}
