import type { JsonObject, JsonSchema, JsonValue } from './json.js';

/** `tool`: a call that somebody must allow. `input`: a question of the agent to a person. */
export const APPROVAL_KINDS = ['tool', 'input'] as const;
export type ApprovalKind = (typeof APPROVAL_KINDS)[number];

/** `cancelled`: its run ended first. Only `pending` is ever left. */
export const APPROVAL_STATES = ['pending', 'approved', 'rejected', 'answered', 'expired', 'cancelled'] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

export const APPROVAL_VERBS = ['approve', 'reject', 'answer'] as const;
export type ApprovalVerb = (typeof APPROVAL_VERBS)[number];

/** For which later calls of the same tool a decision holds, which are then not asked about. */
export const STICKY_SCOPES = ['run', 'thread'] as const;
export type StickyScope = (typeof STICKY_SCOPES)[number];

/**
 * Why a call waits: a rule of the agent, the tool itself, untrusted content that the model has read, a hook; `question`: the
 * agent wants to know something.
 */
export const APPROVAL_REASONS = ['rule', 'tool', 'untrusted', 'hook', 'question'] as const;
export type ApprovalReason = (typeof APPROVAL_REASONS)[number];

/** What becomes of a call when nobody decides in time. `fail` ends the run. */
export const EXPIRY_POLICIES = ['approve', 'reject', 'fail'] as const;
export type ExpiryPolicy = (typeof EXPIRY_POLICIES)[number];

export const CONDITION_OPERATORS = [
  'eq',
  'ne',
  'gt',
  'gte',
  'lt',
  'lte',
  'in',
  'not_in',
  'contains',
  'starts_with',
] as const;
export type ConditionOperator = (typeof CONDITION_OPERATORS)[number];

/** Compares one argument of a call. One that is missing or cannot be compared so holds: in doubt somebody is asked. */
export interface ArgumentCondition {
  /** Name of the argument; dots lead into objects: `payment.amount`. */
  argument: string;
  op: ConditionOperator;
  /** A list for `in` and `not_in`. */
  value: JsonValue;
}

/** Which calls of an agent wait for a person. */
export interface ApprovalRule {
  /** Names of tools; `*`: every tool, `effect`: every tool of that class. */
  tools: string[];
  /** Only calls with such arguments; absent: all. */
  when?: ArgumentCondition;
  /** Who may decide, in the application's own words; absent or empty: anybody who may call the API. */
  roles?: string[];
  /** Time to decide; absent: 7 days. */
  expires_in_seconds?: number;
  /** Absent: `reject`. */
  on_expiry?: ExpiryPolicy;
  /** What people are asked. */
  ask?: string;
}

/** What somebody decided. */
export interface ApprovalOutcome {
  /** For the model: why not, or what to do instead. */
  message?: string;
  /** In place of those that were proposed. */
  arguments?: JsonObject;
  /** To a question. */
  answer?: JsonValue;
  sticky?: StickyScope;
  /** In which the decision was made. */
  role?: string;
}

/** What was decided on a call for later ones of the same tool too. */
export interface StickyDecision {
  /** Of the tool. */
  name: string;
  approved: boolean;
  /** Why that call waited. */
  reason: ApprovalReason;
  role: string | null;
  message: string | null;
}

/** A call that waits, or waited, for a person. */
export interface Approval {
  id: string;
  run_id: string;
  /** The run at the top, where agents call agents; else the same. */
  root_run_id: string;
  thread_id: string;
  tool_call_id: string;
  user_id: string | null;
  /** Slug of the agent. */
  agent: string;
  kind: ApprovalKind;
  reason: ApprovalReason;
  /** Of the tool. */
  name: string;
  /** As the model proposed them. */
  arguments: JsonObject;
  question: string | null;
  /** What an answer must be; null for calls that are approved or rejected. */
  response_schema: JsonSchema | null;
  /** Empty: anybody may decide. */
  roles: string[];
  state: ApprovalState;
  decision: ApprovalOutcome | null;
  decided_by: string | null;
  decided_at: string | null;
  expires_at: string;
  on_expiry: ExpiryPolicy;
  created_at: string;
}

/** Body of `POST /api/approvals/{approval_id}`. */
export interface ApprovalDecision {
  decision: ApprovalVerb;
  /** For the model. */
  message?: string;
  /** With `approve`: in place of those that were proposed. */
  arguments?: JsonObject;
  /** With `answer`: must be valid by the response schema. */
  answer?: JsonValue;
  /** Decides later calls of the same tool alike, without asking. */
  sticky?: StickyScope;
  /** One of the approval's roles, where it has some. The application vouches for it. */
  role?: string;
  /** Who decided, in the application's own words. */
  decided_by?: string;
}

/** `approval.requested`. */
export interface ApprovalRequested {
  approval_id: string;
  /** In the log of a run at the top: the run below it that waits. */
  run_id?: string;
  kind: ApprovalKind;
  reason: ApprovalReason;
  tool_call_id: string;
  name: string;
  arguments: JsonObject;
  question: string | null;
  response_schema: JsonSchema | null;
  roles: string[];
  expires_at: string | null;
}

/** `approval.decided`. Arguments only where they were changed. */
export interface ApprovalDecided {
  approval_id: string;
  /** In the log of a run at the top: the run below it that waited. */
  run_id?: string;
  tool_call_id: string;
  name: string;
  state: Exclude<ApprovalState, 'pending'>;
  decided_by: string | null;
  message?: string;
  arguments?: JsonObject;
  answer?: JsonValue;
}
