import { z } from 'zod';
import { defineTool } from '../define-tool.js';
import { todoOwner } from '../todo/todo-owner.js';
import { todoTaskJson } from '../todo/todo-task-json.js';

export const completeTodoTask = defineTool({
  name: 'complete_todo_task',
  description:
    "Marks one task on the user's to-do list as done. Look up its number with get_todo_tasks first, unless it is certain.",
  parameters: z.object({
    number: z.int().positive().describe('The number of the task in the list'),
  }),
  effect: 'idempotent',
  timeoutMs: 10_000,
  execute: async ({ number }, context) => {
    const owner = todoOwner(context);
    const task = await context.services.todos.complete(owner, number);
    if (task) return todoTaskJson(task);
    const numbers = (await context.services.todos.list(owner)).map((known) => known.number);
    const known = numbers.length === 0 ? 'the list is empty' : `the list has ${numbers.join(', ')}`;
    throw new Error(`There is no task with the number ${number}; ${known}.`);
  },
});
