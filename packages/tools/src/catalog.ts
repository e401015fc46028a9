import type { Tool } from '@troupe/spec';
import { addTodoTask } from './add-todo-task/add-todo-task.tool.js';
import { askUser } from './ask-user/ask-user.tool.js';
import { calculate } from './calculate/calculate.tool.js';
import { completeTodoTask } from './complete-todo-task/complete-todo-task.tool.js';
import { currentTime } from './current-time/current-time.tool.js';
import { getTodoTasks } from './get-todo-tasks/get-todo-tasks.tool.js';
import { searchThread } from './search-thread/search-thread.tool.js';

/** Every tool that agents may name, sorted by name. */
export const tools: readonly Tool[] = [
  addTodoTask,
  askUser,
  calculate,
  completeTodoTask,
  currentTime,
  getTodoTasks,
  searchThread,
];

export const toolsByName: ReadonlyMap<string, Tool> = new Map(tools.map((tool) => [tool.name, tool]));
