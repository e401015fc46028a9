export type { Agent, AgentConfiguration, MemoryStrategy, ModelSettings, ReasoningSettings } from './agent.js';
export type { AgentDefinition } from './agent-definition.js';
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
export { isId, newId } from './id.js';
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
export { type ModelId, type ParsedModelId, parseModelId } from './model-id.js';
export type { MultitaskStrategy } from './multitask-strategy.js';
export { nearMatches } from './near-matches.js';
export type { Page } from './page.js';
export type { RouteReason, RouteTry, Routing, RoutingConditions, RoutingRule, StepRoute } from './routing.js';
export type { Run, RunResult } from './run.js';
export {
  isTerminalEvent,
  type RunEvent,
  type RunEventBody,
  type RunEventData,
  type RunEventType,
  type RunSnapshot,
} from './run-event.js';
export type { RunOptions } from './run-options.js';
export {
  isTerminal,
  type RunStatus,
  type StopReason,
  type TerminalRunStatus,
  type WaitKind,
} from './run-status.js';
export { type RunTranscript, RunTranscriptFold } from './run-transcript.js';
export type { EffectClass, RunStep, ToolCall, ToolCallState } from './step.js';
export { cleanJson, cleanText, MAX_JSON_DEPTH } from './text-hygiene.js';
export type { Thread } from './thread.js';
export { TroupeError, type TroupeErrorOptions } from './troupe-error.js';
export type { Usage } from './usage.js';
export {
  USAGE_DIMENSIONS,
  type UsageDimension,
  type UsageGroup,
  type UsageReport,
  type UsageSums,
} from './usage-report.js';
