export type { AgentAnswer, ChatOptions } from '@troupe/agent';
export { compileSystemPrompt } from '@troupe/agent';
export type {
  AgentDefinition,
  MemoryStrategy,
  ModelSettings,
  RunEventBody,
  StopReason,
  Usage,
} from '@troupe/contracts';
export { TroupeError } from '@troupe/contracts';
export { type Persona, personas } from '@troupe/personas';
export { createModelCatalog, type ModelCatalogSettings } from '@troupe/providers';
export type { ChatModel, ModelCatalog, TodoStore, Tool, ToolContext } from '@troupe/spec';
export { defineTool as tool, type ToolOptions } from '@troupe/tools';
export { Agent, type AgentOptions } from './agent.js';
export type { ModelChoice } from './resolve-model.js';
