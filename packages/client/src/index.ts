export type { AgentInfo, AgentRunRequest, AgentRunResponse, NewAgent } from './resources/agents.js';
export type { ApprovalListOptions } from './resources/approvals.js';
export type { ChatChanges, NewChat } from './resources/chats.js';
export type { ListOptions } from './resources/list-options.js';
export type { RunListOptions, RunReplay } from './resources/runs.js';
export type {
  MessageListOptions,
  NewThread,
  ThreadChanges,
  ThreadFork,
  ThreadListOptions,
  ThreadSearchOptions,
} from './resources/threads.js';
export type { UsageReportOptions } from './resources/usage.js';
export type { DirectEvent } from './streaming/direct-event.js';
export type { RequestOptions } from './transport/transport.js';
export { type FieldProblem, TroupeApiError, type TroupeApiErrorOptions } from './troupe-api-error.js';
export { type DirectCall, type Interaction, TroupeClient, type TroupeClientOptions } from './troupe-client.js';
export { TroupeConnectionError } from './troupe-connection-error.js';
