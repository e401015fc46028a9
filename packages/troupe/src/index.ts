export {
  type AgentAnswer,
  type AiFunction,
  type AiFunctions,
  type ApprovalDecision,
  type ApprovalRequest,
  type Approve,
  type ChatOptions,
  type ClassifyOptions,
  compileSystemPrompt,
  type Evidence,
  type Extracted,
  type FunctionDefinition,
  type FunctionOptions,
  getMemoryStrategy,
  type InputOf,
  type MemoryStrategyName,
  type MemoryStrategyOptions,
  type ObjectAnswer,
  type ObjectOptions,
  type OutputOf,
  type OutputType,
  type PartialOf,
  type ToolProgress,
} from '@troupe/agent';
export type {
  AgentDefinition,
  MemoryStrategy,
  ModelSettings,
  RunEventBody,
  StopReason,
  Usage,
} from '@troupe/contracts';
export { TroupeError } from '@troupe/contracts';
export {
  AgentTemplates,
  type DefinitionOverrides,
  type Persona,
  personas,
  type RagAssistantOverrides,
} from '@troupe/personas';
export {
  createModelCatalog,
  type ModelCatalogSettings,
  type ProviderRegistration,
  type RequestFormatter,
  registerFormatter,
  registerProvider,
} from '@troupe/providers';
export {
  type AcquireOptions,
  type GetRateLimiterOptions,
  getRateLimiter,
  MemoryBackend,
  RateLimiter,
  type RateLimiterBackend,
  type RateLimiterOptions,
  type RateLimitGrant,
  RedisBackend,
} from '@troupe/rate-limiter';
export type {
  ChatModel,
  JobBackend,
  JobRecord,
  JobState,
  ModelCatalog,
  NewJob,
  RunContext,
  RunningJob,
  TodoStore,
  ToolContext,
  ToolFor,
} from '@troupe/spec';
export {
  defineTool as tool,
  type MethodToolOptions,
  Tool,
  type ToolDescription,
  type ToolOptions,
  ToolRegistry,
  toolsOf,
} from '@troupe/tools';
export { Agent, type AgentOptions } from './agent.js';
export { type AiFunctionsOptions, aiFunctions } from './ai-functions.js';
export { loadDefinition } from './definitions/load-definition.js';
export {
  type EnqueueOptions,
  type JobContext,
  type JobHandler,
  JobQueue,
  type JobQueueOptions,
} from './jobs/job-queue.js';
export type { ReliabilityOptions } from './models/reliable-model.js';
export { getProvider, type ModelChoice, type ProviderName, type ProviderOptions } from './models/resolve-model.js';
