export type { ChatModel, ModelCallOptions } from './chat-model.js';
export type { ModelCatalog, ModelEntry } from './model-catalog.js';
export type { ModelEvent } from './model-event.js';
export type { ModelMessage, ModelRequest, ModelTool, OutputSchema, ToolChoice } from './model-request.js';
export type { FinishReason, ModelResponse, ModelUsage } from './model-response.js';
export type { RunEventArchive, RunLogCursor, RunLogPage } from './run-event-archive.js';
export type { ThreadSearch, ThreadSearchHit } from './thread-search.js';
export type { TodoOwner, TodoStore, TodoTask } from './todo-store.js';
export type { Tool, ToolContext, ToolServices } from './tool.js';
