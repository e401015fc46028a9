import type { ApprovalKind, ApprovalReason, ExpiryPolicy, JsonObject, JsonSchema } from '@troupe/contracts';

/** A call of a step that is to wait for a person. */
export interface NewApproval {
  id: string;
  /** One of the step's. */
  tool_call_id: string;
  kind: ApprovalKind;
  reason: ApprovalReason;
  name: string;
  arguments: JsonObject;
  question: string | null;
  response_schema: JsonSchema | null;
  roles: string[];
  /** RFC 3339. */
  expires_at: string;
  on_expiry: ExpiryPolicy;
}
