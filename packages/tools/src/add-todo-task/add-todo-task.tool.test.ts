import { describe, expect, test } from '@jest/globals';
import { toolContext } from '../testing/tool-context.js';
import { addTodoTask } from './add-todo-task.tool.js';

describe('add_todo_task', () => {
  test('adds the task and answers with its number', async () => {
    const context = toolContext();
    expect(await addTodoTask.execute({ title: ' Buy milk ', description: 'by Friday' }, context)).toEqual({
      number: 1,
      title: 'Buy milk',
      description: 'by Friday',
      completed: false,
      created_at: '2026-03-01T12:30:00.000Z',
    });
  });

  test('the same call again adds nothing', async () => {
    const context = toolContext();
    await addTodoTask.execute({ title: 'Buy milk' }, context);
    await addTodoTask.execute({ title: 'Buy milk' }, context);
    expect(await context.services.todos.list({ tenantId: 'tenant', userId: 'ada' })).toHaveLength(1);
  });

  test('without a user it says what the application must pass', async () => {
    const adding = addTodoTask.execute({ title: 'Buy milk' }, toolContext({ userId: null }));
    await expect(adding).rejects.toThrow('must pass user_id');
  });

  test('a task needs a title', async () => {
    await expect(addTodoTask.execute({ title: '  ' }, toolContext())).rejects.toThrow('title');
  });
});
