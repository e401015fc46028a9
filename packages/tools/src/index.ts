export { toolsByName } from './catalog.js';
export { createToolCatalog } from './create-tool-catalog.js';
export { defineTool, type ToolDescription, type ToolOptions } from './define-tool.js';
export { type MethodToolOptions, Tool, type ToolDecorator, type ToolMethod } from './method-tools/tool-decorator.js';
export { toolsOf } from './method-tools/tools-of.js';
export { InMemoryTodoStore, type InMemoryTodoStoreOptions } from './todo/in-memory-todo-store.js';
export { ToolRegistry } from './tool-registry.js';
