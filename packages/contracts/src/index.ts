export type { Agent, AgentConfiguration, MemoryStrategy, ModelSettings, ReasoningSettings } from './agent.js';
export type { AgentDefinition } from './agent-definition.js';
export type { AgentTool } from './agent-tool.js';
export {
  APPROVAL_KINDS,
  APPROVAL_REASONS,
  APPROVAL_STATES,
  APPROVAL_VERBS,
  type Approval,
  type ApprovalDecided,
  type ApprovalDecision,
  type ApprovalKind,
  type ApprovalOutcome,
  type ApprovalReason,
  type ApprovalRequested,
  type ApprovalRule,
  type ApprovalState,
  type ApprovalVerb,
  type ArgumentCondition,
  CONDITION_OPERATORS,
  type ConditionOperator,
  EXPIRY_POLICIES,
  type ExpiryPolicy,
  STICKY_SCOPES,
  type StickyDecision,
  type StickyScope,
} from './approval.js';
export {
  BATCH_ITEM_STATUSES,
  BATCH_STATUSES,
  type Batch,
  type BatchCounts,
  type BatchItem,
  type BatchItemResult,
  type BatchItemStatus,
  type BatchMessage,
  type BatchStatus,
  type NewBatch,
} from './batch.js';
export {
  BUDGET_PERIODS,
  BUDGET_SCOPES,
  type Budget,
  type BudgetChanges,
  type BudgetPeriod,
  type BudgetScope,
  type NewBudget,
  UNPRICED_POLICIES,
  type UnpricedPolicy,
} from './budget.js';
export type { Chat, ChatMessage } from './chat.js';
export type {
  ContentPart,
  FilePart,
  ImagePart,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from './content-part.js';
export { textOf } from './content-part.js';
export type { DirectMessage, DirectRequest, DirectResponse } from './direct.js';
export type { ErrorBody } from './error-body.js';
export type { ErrorCode, Fault } from './error-code.js';
export { compareEventIds, type EventId, formatEventId, LOG_START, parseEventId } from './event-id.js';
export type { Fact } from './fact.js';
export {
  ATTACHMENT_KINDS,
  type AttachmentKind,
  type AttachmentsCheck,
  FAILURE_POLICIES,
  type FailurePolicy,
  GUARDRAIL_ACTIONS,
  GUARDRAIL_CHECKS,
  GUARDRAIL_MODES,
  GUARDRAIL_PLACES,
  type Guardrail,
  type GuardrailAction,
  type GuardrailCheck,
  type GuardrailMode,
  type GuardrailPlace,
  type InjectionCheck,
  type JudgeCheck,
  type MaxLengthCheck,
  type PatternsCheck,
  PII_KINDS,
  type PiiCheck,
  type PiiKind,
  type Withheld,
} from './guardrail.js';
export type { GuardrailTripped } from './guardrail-tripped.js';
export { agentToolName, HANDOFF_HISTORIES, type Handoff, type HandoffHistory, handoffToolName } from './handoff.js';
export { isId, newId, timeOfId } from './id.js';
export type { AcceptedRun, InteractRequest, InteractResponse } from './interact.js';
export type { AdvanceRunJob, ExecuteToolJob, FollowUpJob, FollowUpKind } from './job.js';
export type { JsonObject, JsonSchema, JsonValue } from './json.js';
export {
  LIMIT_NUMBERS,
  LIMITED_MODEL,
  type Limit,
  type LimitKey,
  type LimitNumber,
  type LimitNumbers,
  type LimitRule,
  type LimitSource,
  type LimitUsage,
  MAX_LIMIT_NUMBER,
  type SourcedLimitRule,
} from './limit.js';
export type { Message, MessageRole } from './message.js';
export { AGENT_PROVIDER, type ModelId, type ParsedModelId, parseModelId } from './model-id.js';
export type { MultitaskStrategy } from './multitask-strategy.js';
export { nearMatches } from './near-matches.js';
export { MAX_OUTPUT_RETRIES, type OutputSettings } from './output-settings.js';
export type { Page } from './page.js';
export { PERMISSION_MODES, type PermissionMode } from './permission-mode.js';
export type { RouteReason, RouteTry, Routing, RoutingConditions, RoutingRule, StepRoute } from './routing.js';
export type { Run, RunResult } from './run.js';
export {
  isTerminalEvent,
  MAX_EVENT_OUTPUT,
  type RunEvent,
  type RunEventBody,
  type RunEventData,
  type RunEventType,
  type RunSnapshot,
} from './run-event.js';
export type { RunLimits } from './run-limits.js';
export type { HandedOver, RunOptions } from './run-options.js';
export {
  isTerminal,
  type RunStatus,
  type StopReason,
  type TerminalRunStatus,
  type WaitKind,
} from './run-status.js';
export { type RunTranscript, RunTranscriptFold } from './run-transcript.js';
export type { EffectClass, RunStep, ToolCall, ToolCallState } from './step.js';
export { LARGEST_TENANT_WEIGHT, LEAST_TENANT_WEIGHT, type Tenant, type TenantChanges } from './tenant.js';
export { cleanJson, cleanText, MAX_JSON_DEPTH } from './text-hygiene.js';
export type { FoundMessage, Thread, ThreadStats } from './thread.js';
export { conversationUpTo, type ForkOrigin, forkedFrom } from './thread-fork.js';
export type { ToolUse, ToolUseSettings } from './tool-use.js';
export { TroupeError, type TroupeErrorOptions } from './troupe-error.js';
export {
  type AllowedTarget,
  EFFECT_POLICIES,
  type EffectPolicy,
  type UntrustedContent,
} from './untrusted-content.js';
export type { Usage } from './usage.js';
export {
  USAGE_DIMENSIONS,
  type UsageDimension,
  type UsageGroup,
  type UsageReport,
  type UsageSums,
} from './usage-report.js';
