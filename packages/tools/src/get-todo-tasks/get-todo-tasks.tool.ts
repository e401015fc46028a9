import { z } from 'zod';
import { defineTool } from '../define-tool.js';
import { todoOwner } from '../todo/todo-owner.js';
import { todoTaskJson } from '../todo/todo-task-json.js';

export const getTodoTasks = defineTool({
  name: 'get_todo_tasks',
  description:
    "Lists the tasks on the user's to-do list with their numbers. Use it before you talk about the list or complete a " +
    'task: the list may have changed outside this conversation.',
  parameters: z.object({
    status: z.enum(['open', 'completed', 'all']).default('open').describe('Which tasks; open ones unless told'),
  }),
  effect: 'read',
  timeoutMs: 10_000,
  execute: async ({ status }, context) => {
    const tasks = await context.services.todos.list(todoOwner(context));
    const chosen = tasks.filter((task) => status === 'all' || task.completed === (status === 'completed'));
    return { tasks: chosen.map(todoTaskJson) };
  },
});
