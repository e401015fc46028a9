export {
  Agent,
  type AgentAnswer,
  type AgentOptions,
  type ChatOptions,
  type ObjectAnswer,
  type ObjectOptions,
  type ToolProgress,
} from './agent/agent.js';
export type { AgentEnvironment } from './agent/agent-environment.js';
export type { ApprovalDecision, ApprovalRequest, Approve } from './agent/approval.js';
export { Channel } from './agent/channel.js';
export { compileSystemPrompt, type PromptExtras, type PromptFact } from './definition/compile-system-prompt.js';
export { DEFAULT_MAX_TURNS, DEFAULT_MEMORY } from './definition/defaults.js';
export {
  type ExtractedFact,
  type FactCategory,
  factsRequest,
  parseFacts,
} from './follow-ups/facts.js';
export { parseSummary, summaryRequest } from './follow-ups/summary.js';
export { parseTitle, titleRequest } from './follow-ups/title.js';
export { type AiFunctions, aiFunctions } from './functions/ai-functions.js';
export { askModel } from './functions/ask-model.js';
export type { ClassifyOptions } from './functions/classify.js';
export type { AiFunction, FunctionDefinition } from './functions/define-function.js';
export type { Evidence } from './functions/evidence.js';
export type { Extracted } from './functions/extract.js';
export type { FunctionModel, FunctionOptions } from './functions/function-call.js';
export type { LabelOf, Labels } from './functions/labels.js';
export type { HistoryMessage } from './history/history-message.js';
export type { TokenEstimator } from './memory/estimate-tokens.js';
export {
  getMemoryStrategy,
  type MemoryStrategyName,
  type MemoryStrategyOptions,
} from './memory/get-memory-strategy.js';
export { historyLimit } from './memory/history-limit.js';
export { summaryDue } from './memory/summary-window.js';
export type { CallClock, CallPorts, CallRules } from './model-call/call-ports.js';
export { ModelCaller } from './model-call/model-caller.js';
export type { CallAttempt, CallResult, PlannedCall, StartedCall } from './model-call/planned-call.js';
export { asksForBudget, type ChosenRoute, chooseRoute, type RouteQuestion } from './routing/choose-route.js';
export { modelOfTier } from './routing/model-of-tier.js';
export { type RoutingProblem, routingProblems } from './routing/routing-problems.js';
export type { InputOf, OutputOf, OutputType, PartialOf } from './structured-output/output-type.js';
export { type ExecuteToolOptions, executeTool, toolTimeoutError } from './tools/execute-tool.js';
export { failedResult } from './tools/failed-result.js';
export { resolveTools } from './tools/resolve-tools.js';
export { unknownName } from './tools/unknown-name.js';
export {
  type AcceptedCall,
  type DecideOptions,
  decideNext,
  type NextMove,
  type RejectedCall,
} from './turn/decide-next.js';
export { DeltaCleaner } from './turn/delta-cleaner.js';
export { prepareTurn, type TurnInput } from './turn/prepare-turn.js';
export { stopReasonOf } from './turn/stop-reason-of.js';
export { type StreamTurnOptions, streamTurn } from './turn/stream-turn.js';
export { addUsage } from './usage/add-usage.js';
export { estimateRequestTokens } from './usage/estimate-request-tokens.js';
export { estimateTextTokens } from './usage/token-sizes.js';
export { usageOf } from './usage/usage-of.js';
