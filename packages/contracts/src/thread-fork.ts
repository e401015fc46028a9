import type { JsonObject } from './json.js';
import type { Message } from './message.js';
import { TroupeError } from './troupe-error.js';

/** In the metadata of a fork as `forked_from`: where it comes from. */
export interface ForkOrigin extends JsonObject {
  thread_id: string;
  /** The last message that was copied; null when there was none. */
  message_id: string | null;
}

/** Id of the thread that a thread with these metadata was forked from. */
export function forkedFrom({ forked_from: origin }: JsonObject): string | null {
  if (typeof origin !== 'object' || origin === null || Array.isArray(origin)) return null;
  return typeof origin.thread_id === 'string' ? origin.thread_id : null;
}

/**
 * What a fork of a conversation begins with: everything, or what was said up to a message. Calls whose results are not there
 * yet are left out with all that follows, as no model can go on from them.
 *
 * @param conversation oldest first, alternatives left out
 * @throws TroupeError `message_not_found`; `invalid_request` when the last message wanted is a call without its results
 */
export function conversationUpTo(conversation: readonly Message[], messageId: string | undefined): Message[] {
  const last = messageId === undefined ? conversation.length - 1 : conversation.findIndex(({ id }) => id === messageId);
  if (messageId !== undefined && last === -1) {
    throw new TroupeError({
      code: 'message_not_found',
      fault: 'caller',
      message: `The conversation has no message ${messageId}.`,
      details: { message_id: messageId },
    });
  }
  const wanted = conversation.slice(0, last + 1);
  const open = wanted.findIndex(hasOpenCalls);
  if (open === -1) return wanted;
  if (messageId === undefined) return wanted.slice(0, open);
  throw new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message:
      `Up to message ${messageId} there are tool calls without their results. ` +
      `Name a message after the results, or one before message ${wanted[open]?.id}, which has the calls.`,
    details: { field: 'from_message_id', message_id: messageId },
  });
}

/** Results follow the message with their calls directly. */
function hasOpenCalls({ content }: Message, index: number, messages: readonly Message[]): boolean {
  const calls = content.flatMap((part) => (part.type === 'tool_call' ? [part.id] : []));
  if (calls.length === 0) return false;
  const results = messages
    .slice(index + 1, index + 1 + calls.length)
    .flatMap(({ content: [part] }) => (part?.type === 'tool_result' ? [part.tool_call_id] : []));
  return !calls.every((id) => results.includes(id));
}
