import type { AskingCall } from '@troupe/agent';
import { newId, type RunEventBody } from '@troupe/contracts';
import type { NewApproval } from '@troupe/database';

/** The approval of a call that waits, and what readers of the run are told of it. */
export function askedCall(toolCallId: string, call: AskingCall): { approval: NewApproval; event: RunEventBody } {
  const { part, kind, reason, question, responseSchema, roles, expiresInSeconds, onExpiry } = call;
  const shown = {
    kind,
    reason,
    tool_call_id: toolCallId,
    name: part.name,
    arguments: part.arguments,
    question,
    response_schema: responseSchema,
    roles: [...roles],
    expires_at: new Date(Date.now() + expiresInSeconds * 1_000).toISOString(),
  };
  const approval: NewApproval = { id: newId(), ...shown, on_expiry: onExpiry };
  return { approval, event: { type: 'approval.requested', data: { approval_id: approval.id, ...shown } } };
}
