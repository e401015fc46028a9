import type { SimulatedMessage } from '../simulated-request.js';
import { RejectedRequest } from './rejected-request.js';

interface PairingMessages {
  unanswered: (callIds: string[], messageIndex: number) => string;
  unexpected: (callId: string, messageIndex: number) => string;
}

/**
 * Vendors refuse a conversation in which a tool call has no result right after it, or a result has no call. A client
 * that loses half of a pair must hear of it here, not in production.
 */
export function checkToolPairing(messages: SimulatedMessage[], say: PairingMessages): void {
  let open = new Set<string>();
  messages.forEach((message, index) => {
    if (message.role === 'tool') {
      const callId = message.toolCallId ?? '';
      if (!open.delete(callId)) throw new RejectedRequest(400, say.unexpected(callId, index));
      return;
    }
    if (open.size > 0) throw new RejectedRequest(400, say.unanswered([...open], index));
    open = new Set(message.toolCalls?.map((call) => call.id ?? ''));
  });
  if (open.size > 0) throw new RejectedRequest(400, say.unanswered([...open], messages.length));
}
