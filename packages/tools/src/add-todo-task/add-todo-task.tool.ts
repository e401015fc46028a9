import { z } from 'zod';
import { defineTool } from '../define-tool.js';
import { todoOwner } from '../todo/todo-owner.js';
import { todoTaskJson } from '../todo/todo-task-json.js';

export const addTodoTask = defineTool({
  name: 'add_todo_task',
  description:
    "Adds one task to the user's to-do list and answers with it and its number. Call it once for each task. Look at the " +
    'list first when the user may already have the task.',
  parameters: z.object({
    title: z.string().trim().min(1).max(200).describe('What is to be done, short, in the words of the user'),
    description: z.string().trim().max(2_000).optional().describe('Details, when the user gave any, such as a date'),
  }),
  effect: 'idempotent',
  timeoutMs: 10_000,
  execute: async (task, context) =>
    todoTaskJson(await context.services.todos.add(todoOwner(context), task, context.idempotencyKey)),
});
