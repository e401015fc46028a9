export type { AnswerQuestion, ApprovalAnswer, ApprovalRequest, Approve, People, QuestionRequest } from '@troupe/spec';
export { Agent } from './agent/agent.js';
export type { AgentEnvironment } from './agent/agent-environment.js';
export type { AgentAnswer, AgentOptions, ChatOptions, ObjectAnswer, ObjectOptions } from './agent/agent-options.js';
export type { PermissionOptions } from './agent/agent-permissions.js';
export type { AgentStores, PersistenceOptions } from './agent/agent-stores.js';
export { Channel } from './agent/channel.js';
export type { RunControls } from './agent/run-controls.js';
export type { ToolProgress } from './agent/run-frame.js';
export { type AgentProblem, agentProblems } from './definition/agent-problems.js';
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
export {
  type AgentGuardrail,
  type FunctionGuardrail,
  type GuardedText,
  type GuardedToolCall,
  type GuardrailContext,
  type GuardrailFunction,
  guardrailsFor,
  isJudge,
} from './guardrails/agent-guardrail.js';
export type { Attachment } from './guardrails/attachment.js';
export type { GuardedInput } from './guardrails/check-message.js';
export type { GuardrailPorts } from './guardrails/check-text.js';
export { type GuardedDecision, guardDecision } from './guardrails/guard-decision.js';
export { guardMove } from './guardrails/guard-move.js';
export { guardResult } from './guardrails/guard-result.js';
export { guardToolAnswer } from './guardrails/guard-tool-answer.js';
export { guardToolOutcome } from './guardrails/guard-tool-outcome.js';
export {
  handoffInput,
  type InputMessage,
  inputAsKept,
  inputMessage,
  withheldBy,
} from './guardrails/guarded-input-message.js';
export { type GuardedCall, type GuardedTurn, guardedTurn } from './guardrails/guarded-turn.js';
export { type GuardrailProblem, guardrailProblems, untrustedProblems } from './guardrails/guardrail-problems.js';
export type { GuardrailVerdict } from './guardrails/guardrail-verdict.js';
export type { Guards } from './guardrails/guards.js';
export type { JudgeModel } from './guardrails/judge.js';
export { hasReadUntrusted, type ReadContent } from './guardrails/read-untrusted.js';
export {
  type UntrustedCall,
  type UntrustedContext,
  untrustedPolicy,
} from './guardrails/untrusted-policy.js';
export type { AnsweredTool } from './guardrails/untrusted-result.js';
export {
  type AgentHandoff,
  type HandoffAgent,
  type HandoffContext,
  type HandoffOptions,
  handoff,
} from './handoff/agent-handoff.js';
export type { Handoffs } from './handoff/agent-handovers.js';
export { type HandoffMove, refuseHandoff } from './handoff/decide-handoff.js';
export { handoffEvents } from './handoff/handoff-events.js';
export type { HandoffTool } from './handoff/handoff-tool.js';
export { type HandoffView, type HistoryFilter, historyAfterHandoff } from './handoff/history-after-handoff.js';
export { type OtherAgent, offeredHandoffs } from './handoff/offered-handoffs.js';
export type { HistoryMessage } from './history/history-message.js';
export type { Deny, GoOn, HookContext, Hooks, ToolCallVerdict } from './hooks/hooks.js';
export { RunAllowance } from './limits/run-allowance.js';
export type { RunSpent } from './limits/run-spent.js';
export type { TokenEstimator } from './memory/estimate-tokens.js';
export {
  getMemoryStrategy,
  type MemoryStrategyName,
  type MemoryStrategyOptions,
} from './memory/get-memory-strategy.js';
export { historyLimit } from './memory/history-limit.js';
export { summaryDue } from './memory/summary-window.js';
export { USUAL_OUTPUT } from './model-call/call-estimates.js';
export type { CallClock, CallPorts, CallRules } from './model-call/call-ports.js';
export { ModelCaller } from './model-call/model-caller.js';
export type { CallAttempt, CallResult, PlannedCall, StartedCall } from './model-call/planned-call.js';
export { withEditedArguments } from './permissions/approval-texts.js';
export type { AskingCall, PermittedMove } from './permissions/asking-call.js';
export type { HookVerdict } from './permissions/decide-permission.js';
export type { DecisionProblem } from './permissions/decision-problems.js';
export { type PermissionPolicy, type PermissionSettings, permissionPolicy } from './permissions/permission-policy.js';
export { type PermissionPorts, permitMove } from './permissions/permit-calls.js';
export { deniedToolProblems, type RuleProblem, ruleProblems } from './permissions/rule-problems.js';
export { type AskedCallEnd, expiryOf, type Settlement, settlementOf } from './permissions/settlement.js';
export { asksForBudget, type ChosenRoute, chooseRoute, type RouteQuestion } from './routing/choose-route.js';
export { modelOfTier } from './routing/model-of-tier.js';
export { type RoutingProblem, routingProblems } from './routing/routing-problems.js';
export { errorOfRun, stopReasonOfError } from './run/failed-run.js';
export { costAt } from './run/priced-usage.js';
export { runConfiguration } from './run/run-configuration.js';
export { lastToolResults, stoppingResult } from './run/stopping-result.js';
export {
  type ConfiguredOutput,
  configuredOutput,
  untrustedOutputFormat,
} from './structured-output/configured-output.js';
export type { InputOf, OutputOf, OutputType, PartialOf } from './structured-output/output-type.js';
export { readOutput } from './structured-output/read-output.js';
export { reviewOutput } from './structured-output/review-output.js';
export {
  type AgentToolOptions,
  agentAsTool,
  type CallableAgent,
  type CallContext,
  type CallOptions,
} from './subagents/agent-as-tool.js';
export { agentInput, MAX_DEPTH, offeredAgents } from './subagents/agent-tool-schema.js';
export { boundFanOut } from './subagents/bound-fan-out.js';
export { limitsLeft } from './subagents/limits-left.js';
export { type RunAbove, withRunsBelow } from './subagents/runs-below.js';
export { subrunResult } from './subagents/subrun-result.js';
export { type MemberAnswer, type ParallelOptions, parallel } from './team/parallel.js';
export { type RoundRobinOptions, roundRobin } from './team/round-robin.js';
export { type RouterOptions, router } from './team/router.js';
export { supervisor } from './team/supervisor.js';
export {
  Team,
  type TeamAnswer,
  type TeamOptions,
  type TeamReply,
  type TeamRunOptions,
  type TeamStrategy,
  type TeamTurn,
} from './team/team.js';
export type { Said } from './team/transcript.js';
export { type ExecuteToolOptions, executeTool, toolTimeoutError } from './tools/execute-tool.js';
export { failedResult } from './tools/failed-result.js';
export { inputSchemaProblem } from './tools/input-schema-problem.js';
export { resolveTools } from './tools/resolve-tools.js';
export { unknownName } from './tools/unknown-name.js';
export { boundParallelCalls } from './turn/bound-parallel-calls.js';
export {
  type AcceptedCall,
  type DecideOptions,
  decideNext,
  type NextMove,
  type RejectedCall,
  type RunBelow,
} from './turn/decide-next.js';
export { DeltaCleaner } from './turn/delta-cleaner.js';
export { prepareTurn, type TurnInput } from './turn/prepare-turn.js';
export { stopReasonOf } from './turn/stop-reason-of.js';
export { type StreamTurnOptions, streamTurn } from './turn/stream-turn.js';
export { addUsage } from './usage/add-usage.js';
export { estimateRequestTokens } from './usage/estimate-request-tokens.js';
export { estimateTextTokens } from './usage/token-sizes.js';
export { usageOf } from './usage/usage-of.js';
export { UserMemoryExtractor, type UserMemoryExtractorOptions } from './user-memory/user-memory-extractor.js';
