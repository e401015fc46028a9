import { describe, expect, test } from '@jest/globals';
import { InMemoryTodoStore } from './in-memory-todo-store.js';

const ada = { tenantId: 'tenant', userId: 'ada' };
const bob = { tenantId: 'tenant', userId: 'bob' };

function store(): InMemoryTodoStore {
  return new InMemoryTodoStore({ now: () => new Date(0) });
}

describe('InMemoryTodoStore', () => {
  test('numbers tasks within the list of each user', async () => {
    const todos = store();
    await todos.add(ada, { title: 'milk' }, 'a');
    await todos.add(bob, { title: 'bread' }, 'a');
    expect(await todos.add(ada, { title: 'eggs', description: 'six' }, 'b')).toEqual({
      number: 2,
      title: 'eggs',
      description: 'six',
      completed: false,
      createdAt: '1970-01-01T00:00:00.000Z',
    });
    expect((await todos.list(bob)).map((task) => task.title)).toEqual(['bread']);
  });

  test('adding again with the same key changes nothing', async () => {
    const todos = store();
    const first = await todos.add(ada, { title: 'milk' }, 'a');
    expect(await todos.add(ada, { title: 'milk' }, 'a')).toEqual(first);
    expect(await todos.list(ada)).toHaveLength(1);
  });

  test('completes by number, and knows no number that is not there', async () => {
    const todos = store();
    await todos.add(ada, { title: 'milk' }, 'a');
    expect(await todos.complete(ada, 1)).toMatchObject({ completed: true });
    expect(await todos.complete(bob, 1)).toBeUndefined();
    expect(await todos.list(ada)).toMatchObject([{ completed: true }]);
  });
});
