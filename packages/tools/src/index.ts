export { toolsByName } from './catalog.js';
export { createToolCatalog } from './create-tool-catalog.js';
export { defineTool, type ToolOptions } from './define-tool.js';
export { InMemoryTodoStore, type InMemoryTodoStoreOptions } from './todo/in-memory-todo-store.js';
