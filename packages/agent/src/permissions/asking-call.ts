import type { ApprovalKind, ApprovalReason, ApprovalRule, ExpiryPolicy, JsonSchema } from '@troupe/contracts';
import type { AcceptedCall, NextMove } from '../turn/decide-next.js';

/** A call that has to wait for a person. */
export interface AskingCall extends AcceptedCall {
  kind: ApprovalKind;
  reason: ApprovalReason;
  question: string | null;
  /** What an answer must be; null for a call that is approved or rejected. */
  responseSchema: JsonSchema | null;
  /** Who may decide; empty: anybody. */
  roles: readonly string[];
  expiresInSeconds: number;
  onExpiry: ExpiryPolicy;
}

/** What follows a turn once it is known which of its calls may be made. */
export type PermittedMove =
  | Exclude<NextMove, { kind: 'call_tools' }>
  | (Extract<NextMove, { kind: 'call_tools' }> & { asking?: readonly AskingCall[] });

/** People come back from a weekend; a run that nobody cares for ends all the same. */
const DEFAULT_EXPIRY_SECONDS = 7 * 24 * 3_600;

/**
 * Whom to ask and how long, by the rule that speaks of the call. Nobody's silence answers a question, or approves what
 * strangers may have asked for.
 */
export function askedWith(
  reason: ApprovalReason,
  { roles = [], expires_in_seconds = DEFAULT_EXPIRY_SECONDS, on_expiry = 'reject' }: Partial<ApprovalRule> = {},
): Pick<AskingCall, 'roles' | 'expiresInSeconds' | 'onExpiry'> {
  const needsWords = reason === 'question' || reason === 'untrusted';
  const onExpiry = needsWords && on_expiry === 'approve' ? 'reject' : on_expiry;
  return { roles, expiresInSeconds: expires_in_seconds, onExpiry };
}
