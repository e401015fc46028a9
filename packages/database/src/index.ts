export type { StoredAgent } from './agents/agent-row.js';
export { ensurePersonas, type PersonaAgent } from './agents/ensure-personas.js';
export { listSlugs } from './agents/list-slugs.js';
export { type AgentCard, readAgentCards } from './agents/read-agent-cards.js';
export { findAnsweringAgent, listAgents, listAgentVersions, readAgent } from './agents/read-agents.js';
export { changeAgent, createAgent, deleteAgent, type NewAgentVersion } from './agents/write-agents.js';
export { type DecideApprovalInput, decideApproval } from './approvals/decide-approval.js';
export {
  closeAbandonedApprovals,
  type ExpiredApproval,
  expireApproval,
  findOverdueApprovals,
} from './approvals/expire-approval.js';
export type { NewApproval } from './approvals/new-approval.js';
export { type DecisionCheck, noteDecisionCheck } from './approvals/note-decision-check.js';
export { type AgentOfApproval, readAgentOfApproval } from './approvals/read-agent-of-approval.js';
export { type ApprovalFilter, listApprovals, readApproval } from './approvals/read-approvals.js';
export { readStickyDecisions } from './approvals/read-sticky-decisions.js';
export type { CallSettlement, SettledApproval } from './approvals/settle-approval.js';
export { cancelBatch } from './batches/cancel-batch.js';
export { type ClaimedBatch, claimBatch, type HeldBatch, releaseBatch, renewBatch } from './batches/claim-batch.js';
export { createBatch, type NewStoredBatch } from './batches/create-batch.js';
export { type BatchEnd, finishBatch } from './batches/finish-batch.js';
export { listBatchResults, type StoredBatchResult, type StoredResponse } from './batches/list-batch-results.js';
export { listBatches, readBatch } from './batches/read-batches.js';
export { type NewBatchResult, recordBatchProgress, storeBatchResults } from './batches/store-batch-results.js';
export {
  forgetIntent,
  intendSubmission,
  otherSubmissions,
  readBatchRequests,
  readSubmittedId,
  recordSubmission,
  withdrawSubmission,
} from './batches/submit-batch.js';
export { BudgetGuard, type BudgetGuardOptions } from './budgets/budget-guard.js';
export { changeBudget, createBudget, deleteBudget, listBudgets, readBudget } from './budgets/budgets.js';
export { type BudgetedCall, type BudgetRefusal, reserveBudgets } from './budgets/reserve-budgets.js';
export { type SettledCall, settleBudgets, sweepBudgetReservations } from './budgets/settle-budgets.js';
export { Gatherer, type GathererOptions } from './connection/gatherer.js';
export { type ConnectionMetrics, type OpenDatabaseOptions, openDatabase } from './connection/open-database.js';
export { whileUnavailable } from './connection/while-unavailable.js';
export { Database, type DatabaseOptions, type Queryable, type Statement } from './database.js';
export { appendEvents, type EventBatch } from './events/append-events.js';
export { EventRetention, type EventRetentionOptions } from './events/event-retention.js';
export { PostgresEventArchive } from './events/read-events.js';
export { type FactOwner, forgetFact, listFacts, setFact } from './facts/facts.js';
export { PostgresUserMemoryStore } from './facts/postgres-user-memory-store.js';
export type { ClaimedFollowUp } from './follow-ups/claim-follow-ups.js';
export type { FollowUpResult, FollowUpWork, NewFact } from './follow-ups/finish-follow-ups.js';
export { FollowUpPoll, type FollowUpPollOptions } from './follow-ups/follow-up-poll.js';
export { FollowUpRunner, type FollowUpWorker } from './follow-ups/follow-up-runner.js';
export { meteredCall } from './follow-ups/metered-call.js';
export { answerOnce } from './idempotency/answer-once.js';
export type { IdempotentAnswer, IdempotentRequest, StoredAnswer } from './idempotency/idempotent-request.js';
export {
  RESERVATION_SECONDS,
  releaseReservation,
  renewReservation,
  reserveAnswer,
  settleReservation,
} from './idempotency/reserve-answer.js';
export { sweepIdempotencyKeys } from './idempotency/sweep-idempotency-keys.js';
export { findJobKind, type JobKind } from './jobs/find-job-kind.js';
export { LimitRules } from './limits/limit-rules.js';
export { LIMIT_REFRESH_MS, LimitTable, type LimitTableOptions } from './limits/limit-table.js';
export { listLimits, removeLimit, setLimit } from './limits/stored-limits.js';
export { listMessages, readConversation } from './messages/list-messages.js';
export { PostgresThreadSearch } from './messages/postgres-thread-search.js';
export type { KeptResponse } from './responses/kept-response.js';
export { readResponse, readResponses } from './responses/read-response.js';
export { deleteResponse, storeResponse } from './responses/store-response.js';
export { sweepResponses } from './responses/sweep-responses.js';
export { acceptContinuedRun, type EarlierMessage } from './runs/accept-continued-run.js';
export { acceptOnNewThreads, acceptRun } from './runs/accept-run.js';
export type { AcceptedRunRow, AcceptRunInput, ThreadChoice, WaitForThread } from './runs/accept-run-input.js';
export { advanceThread, findStuckThreads, type ThreadAdvance } from './runs/advance-thread.js';
export { type CancelOutcome, cancelRun, type EndedRun, endParkedRun } from './runs/cancel-run.js';
export { type ClaimedRun, claimRun, claimRuns, type HistoryMessage, type ReceivedMessage } from './runs/claim-run.js';
export { commitStep, commitSteps, isPlainCommit } from './runs/commit-step.js';
export { countOpenWork, type OpenWork } from './runs/count-open-work.js';
export { countQueuedRuns, type QueuedRuns } from './runs/count-queued-runs.js';
export { findCancelledRuns, findDueRuns, findOverdueRuns } from './runs/find-due-runs.js';
export { listRuns, type RunFilter } from './runs/list-runs.js';
export { listSteps } from './runs/list-steps.js';
export { pauseRun, type ResumedRun, restPausedRun, resumeRun } from './runs/pause-run.js';
export { readCommit } from './runs/read-commit.js';
export { listThreadRuns, readRun } from './runs/read-run.js';
export type { RefusedAnswers } from './runs/refused-answers.js';
export { type HeldRun, type RenewedLease, renewLeases } from './runs/renew-leases.js';
export { type ReplayedRun, type ReplayRunInput, replayRun } from './runs/replay-run.js';
export type {
  CommittedHandoff,
  CommittedStep,
  Delegate,
  FollowUp,
  NewMessage,
  NewToolCall,
  NextState,
  StepCommit,
  StepRow,
  WithheldMessage,
} from './runs/step-commit.js';
export { type WakeHeldRunsInput, type WokenRun, wakeHeldRuns } from './runs/wake-held-runs.js';
export { type CancelledSubrun, cancelLeftSubruns, cancelSubruns } from './subruns/cancel-subruns.js';
export { completeSubrun, type EndedSubrun, findEndedSubruns, readEndedSubrun } from './subruns/complete-subrun.js';
export { type NewSubrun, type StartedSubrun, startSubrun } from './subruns/start-subrun.js';
export {
  type ApiKeyOwner,
  type ApiKeyRole,
  findApiKey,
  generateApiKey,
  storeApiKey,
} from './tenants/api-keys.js';
export { ensureTenant } from './tenants/ensure-tenant.js';
export { TenantWeights } from './tenants/tenant-weights.js';
export { changeTenant, listTenants, readTenant } from './tenants/tenants.js';
export { appendMessages } from './thread-store/append-messages.js';
export { setArchived } from './thread-store/find-thread.js';
export { forkThread } from './thread-store/fork-thread.js';
export { PostgresThreadStore, type PostgresThreadStoreOptions } from './thread-store/postgres-thread-store.js';
export { searchMessages } from './thread-store/read-messages.js';
export { ThreadHolds } from './thread-store/thread-holds.js';
export { threadStats } from './thread-store/thread-stats.js';
export { listThreads, readThread } from './threads/read-threads.js';
export { changeThread, clearThread, createThread, deleteThread, type NewThread } from './threads/write-threads.js';
export { PostgresTodoStore } from './todos/postgres-todo-store.js';
export { type CompletedToolCall, completeToolCall, type ToolCallOutcome } from './tool-calls/complete-tool-call.js';
export {
  type DispatchedToolCall,
  type DueToolCall,
  dispatchToolCall,
  findDueToolCalls,
} from './tool-calls/dispatch-tool-call.js';
export { handBackToolCall } from './tool-calls/hand-back-tool-call.js';
export { type RenewedToolCall, renewToolCalls, type SentToolCall } from './tool-calls/renew-tool-calls.js';
export { callLedgerId } from './usage/call-ledger-id.js';
export { correctUsage } from './usage/correct-usage.js';
export { estimatedUsage } from './usage/estimated-usage.js';
export { ledgerOfCalls, type MadeCall, outcomeOfError } from './usage/ledger-of-calls.js';
export { ABANDONED, type LedgerRow, ledgerRow } from './usage/ledger-row.js';
export { type LostCall, readLostCalls } from './usage/lost-calls.js';
export { type CallOwner, recordUsage } from './usage/record-usage.js';
export { type ReportedGroup, reportUsage, type UsageFilter } from './usage/report-usage.js';
