import { describe, expect, test } from '@jest/globals';
import { toolContext } from '../testing/tool-context.js';
import { getTodoTasks } from './get-todo-tasks.tool.js';

const ada = { tenantId: 'tenant', userId: 'ada' };

describe('get_todo_tasks', () => {
  test.each([
    [{}, ['eggs']],
    [{ status: 'open' }, ['eggs']],
    [{ status: 'completed' }, ['milk']],
    [{ status: 'all' }, ['milk', 'eggs']],
  ])('%j lists %j', async (args, titles) => {
    const context = toolContext();
    await context.services.todos.add(ada, { title: 'milk' }, 'a');
    await context.services.todos.add(ada, { title: 'eggs' }, 'b');
    await context.services.todos.complete(ada, 1);
    const listed = await getTodoTasks.execute(args, context);
    expect(listed).toEqual({ tasks: titles.map((title) => expect.objectContaining({ title })) });
  });

  test("shows no other user's tasks", async () => {
    const context = toolContext();
    await context.services.todos.add({ ...ada, userId: 'bob' }, { title: 'secret' }, 'a');
    expect(await getTodoTasks.execute({}, context)).toEqual({ tasks: [] });
  });

  test('without a user it says what the application must pass', async () => {
    await expect(getTodoTasks.execute({}, toolContext({ userId: null }))).rejects.toThrow('must pass user_id');
  });
});
