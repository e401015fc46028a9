import type { ApprovalReason, JsonObject, JsonSchema, JsonValue, PermissionMode, StickyScope } from '@troupe/contracts';

/** What people are told of a call or a question that waits for them. */
interface Asked {
  approval_id: string;
  tool_call_id: string;
  name: string;
  userId: string | null;
  /** Who may decide, in the words of the agent's rule; empty: anybody. */
  roles: readonly string[];
  /** Aborts when the run ends meanwhile, or when the time to decide is over. */
  signal: AbortSignal;
}

/** A call that waits for a person. */
export interface ApprovalRequest extends Asked {
  /** They fit the tool's schema. */
  arguments: JsonObject;
  /** Why somebody is asked. */
  reason: ApprovalReason;
  /** The `ask` of the agent's rule. */
  question: string | null;
}

/**
 * `message` is told to the model: why not, or what to do instead. `arguments` are sent in place of the model's. `sticky`
 * decides later calls of the same tool alike: those of this run, or all on this thread.
 */
export type ApprovalAnswer =
  | boolean
  | { approved: boolean; message?: string; arguments?: JsonObject; sticky?: StickyScope; role?: string };

/** Decides on one call. What it throws refuses the call. */
export type Approve = (request: ApprovalRequest) => ApprovalAnswer | Promise<ApprovalAnswer>;

/** A question of the agent to a person. */
export interface QuestionRequest extends Asked {
  question: string;
  /** What the answer must be; it is checked. */
  responseSchema: JsonSchema;
}

/** Answers a question of the agent. What it throws is told to the model as the reason why there is no answer. */
export type AnswerQuestion = (request: QuestionRequest) => JsonValue | Promise<JsonValue>;

/** Whom the agents of a run ask that have nobody of their own to ask, and the mode of its request. */
export interface People {
  approve?: Approve | undefined;
  onQuestion?: AnswerQuestion | undefined;
  permissionMode?: PermissionMode | undefined;
}
