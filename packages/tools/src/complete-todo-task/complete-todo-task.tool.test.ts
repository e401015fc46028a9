import { describe, expect, test } from '@jest/globals';
import { toolContext } from '../testing/tool-context.js';
import { completeTodoTask } from './complete-todo-task.tool.js';

const ada = { tenantId: 'tenant', userId: 'ada' };

describe('complete_todo_task', () => {
  test('marks the task as done, as often as it is called', async () => {
    const context = toolContext();
    await context.services.todos.add(ada, { title: 'milk' }, 'a');
    await completeTodoTask.execute({ number: 1 }, context);
    expect(await completeTodoTask.execute({ number: 1 }, context)).toMatchObject({ number: 1, completed: true });
  });

  test('a number that is not there is answered with those that are', async () => {
    const context = toolContext();
    await expect(completeTodoTask.execute({ number: 7 }, context)).rejects.toThrow('the list is empty');
    await context.services.todos.add(ada, { title: 'milk' }, 'a');
    await context.services.todos.add(ada, { title: 'eggs' }, 'b');
    await expect(completeTodoTask.execute({ number: 7 }, context)).rejects.toThrow('number 7; the list has 1, 2');
  });

  test('without a user it says what the application must pass', async () => {
    await expect(completeTodoTask.execute({ number: 1 }, toolContext({ userId: null }))).rejects.toThrow(
      'pass user_id',
    );
  });
});
