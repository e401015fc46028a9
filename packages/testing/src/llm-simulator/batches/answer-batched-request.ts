import type { WireFormat } from '../formats/wire-format.js';
import type { ReplyChooser } from '../replies/choose-reply.js';
import { resolveReply } from '../replies/resolve-reply.js';
import { isJsonObject, type JsonObject } from '../requests/json-object.js';
import { RejectedRequest } from '../requests/rejected-request.js';
import type { BatchAnswer, BatchedRequest } from './simulated-batch.js';

/** Answers a request as its live twin would be, by the same rules; pacing and broken connections mean nothing here. */
export function answerBatchedRequest(
  request: BatchedRequest,
  { format, chooser, id }: { format: WireFormat; chooser: ReplyChooser; id: string },
): BatchAnswer {
  const { customId, headers, body } = request;
  try {
    const read = format.readRequest(body, headers);
    const reply = chooser.choose(read, {});
    if (reply.status !== undefined) {
      const { status, errorMessage: message, errorCode: code } = reply;
      return { customId, kind: 'errored', status, body: parse(format.errorBody({ status, message, code }, id)) };
    }
    const resolved = resolveReply(read, reply, id, Math.floor(Date.now() / 1_000));
    return { customId, kind: 'succeeded', status: 200, body: parse(format.complete(read, resolved)) };
  } catch (error) {
    if (!(error instanceof RejectedRequest)) throw error;
    const { status, message, code } = error;
    return { customId, kind: 'errored', status, body: parse(format.errorBody({ status, message, code }, id)) };
  }
}

function parse(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  if (!isJsonObject(value)) throw new Error('An answer is no object.');
  return value;
}
