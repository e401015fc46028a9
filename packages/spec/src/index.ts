export type { AgentPage, AgentStore, NewAgentConfiguration, StoredAgent } from './agent-store.js';
export type {
  AnswerQuestion,
  ApprovalAnswer,
  ApprovalRequest,
  Approve,
  People,
  QuestionRequest,
} from './ask-person.js';
export type {
  BatchCatalog,
  BatchIntent,
  BatchLimits,
  BatchProvider,
  BatchRequest,
  BatchResult,
  BatchStatus,
  BatchSubmission,
  FoundBatch,
  ProviderBatch,
} from './batch-provider.js';
export type { CallExperience, CallExperienceOfModel } from './call-experience.js';
export type {
  Admission,
  CallLimiter,
  CallLimits,
  CallTokens,
  LimitDimension,
  LimitedCall,
  LimitFeedback,
  LimitScope,
  LimitState,
} from './call-limiter.js';
export type { ChatModel, ModelCallOptions, ModelEvents } from './chat-model.js';
export type { BreakerVerdict, CircuitBreakers } from './circuit-breakers.js';
export type { EmbeddingCatalog, EmbeddingModel, EmbeddingRequest, EmbeddingResponse } from './embedding-model.js';
export type { JobBackend, JobRecord, JobState, NewJob, RunningJob } from './job-backend.js';
export type { ModelCapabilities, StructuredOutputLevel } from './model-capabilities.js';
export type { ModelCatalog, ModelEntry } from './model-catalog.js';
export type { ModelEvent } from './model-event.js';
export type {
  ModelMessage,
  ModelRequest,
  ModelTool,
  OutputConstraint,
  OutputSchema,
  ToolChoice,
} from './model-request.js';
export type { FinishReason, ModelResponse, ModelUsage } from './model-response.js';
export type { PriceBook, PricedUsage } from './price-book.js';
export type { RunEventArchive, RunLogCursor, RunLogPage } from './run-event-archive.js';
export type { ThreadAccess, ThreadAuth } from './thread-auth.js';
export type { ThreadSearch, ThreadSearchHit } from './thread-search.js';
export type {
  NewThread,
  SearchFilter,
  ThreadChange,
  ThreadExchange,
  ThreadFilter,
  ThreadFork,
  ThreadMessage,
  ThreadOwner,
  ThreadStore,
  ThreadSummary,
} from './thread-store.js';
export type { TodoOwner, TodoStore, TodoTask } from './todo-store.js';
export type { RunContext, RunNesting, Tool, ToolContext, ToolFor, ToolServices } from './tool.js';
export type { NewFact, UserMemoryStore } from './user-memory-store.js';
