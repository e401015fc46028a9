export type { StoredAgent } from './agents/agent-row.js';
export { ensurePersonas, type PersonaAgent } from './agents/ensure-personas.js';
export { listAgents, listAgentVersions, readAgent } from './agents/read-agents.js';
export { changeAgent, createAgent, deleteAgent, type NewAgentVersion } from './agents/write-agents.js';
export { Database, type DatabaseOptions, type Queryable, type Statement } from './database.js';
export { appendEvents, type EventBatch } from './events/append-events.js';
export { PostgresEventArchive } from './events/read-events.js';
export { type FactOwner, forgetFact, listFacts, setFact } from './facts/facts.js';
export type { ClaimedFollowUp } from './follow-ups/claim-follow-ups.js';
export type { FollowUpResult, FollowUpWork, NewFact } from './follow-ups/finish-follow-ups.js';
export { FollowUpPoll, type FollowUpPollOptions } from './follow-ups/follow-up-poll.js';
export { runFollowUps } from './follow-ups/run-follow-ups.js';
export { findJobKind, type JobKind } from './jobs/find-job-kind.js';
export { listMessages, readConversation } from './messages/list-messages.js';
export { PostgresThreadSearch } from './messages/postgres-thread-search.js';
export { acceptRun } from './runs/accept-run.js';
export type { AcceptedRunRow, AcceptRunInput, ThreadChoice } from './runs/accept-run-input.js';
export { type CancelOutcome, cancelRun, endParkedRun } from './runs/cancel-run.js';
export { type ClaimedRun, claimRun, type HistoryMessage } from './runs/claim-run.js';
export {
  type CommittedStep,
  commitStep,
  type FollowUp,
  type NewMessage,
  type NewToolCall,
  type NextState,
  type StepCommit,
  type StepRow,
} from './runs/commit-step.js';
export { findDueRuns, findOverdueRuns } from './runs/find-due-runs.js';
export { listSteps } from './runs/list-steps.js';
export { listThreadRuns, readRun } from './runs/read-run.js';
export { type HeldRun, type RenewedLease, renewLeases } from './runs/renew-leases.js';
export {
  type ApiKeyOwner,
  type ApiKeyRole,
  findApiKey,
  generateApiKey,
  storeApiKey,
} from './tenants/api-keys.js';
export { ensureTenant } from './tenants/ensure-tenant.js';
export { listThreads, readThread } from './threads/read-threads.js';
export { changeThread, clearThread, createThread, deleteThread, type NewThread } from './threads/write-threads.js';
export { PostgresTodoStore } from './todos/postgres-todo-store.js';
export { type CompletedToolCall, completeToolCall, type ToolCallOutcome } from './tool-calls/complete-tool-call.js';
export {
  type DispatchedToolCall,
  type DueToolCall,
  dispatchToolCall,
  findDueToolCalls,
  type ToolCallLeases,
} from './tool-calls/dispatch-tool-call.js';
export { type LedgerRow, ledgerRow } from './usage/ledger-row.js';
export { recordUsage } from './usage/record-usage.js';
