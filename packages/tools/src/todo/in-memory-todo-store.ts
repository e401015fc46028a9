import type { TodoOwner, TodoStore, TodoTask } from '@troupe/spec';

export interface InMemoryTodoStoreOptions {
  now(): Date;
}

/** Tasks for as long as the process lives: for the library, where no server stores them. */
export class InMemoryTodoStore implements TodoStore {
  readonly #now: () => Date;
  readonly #lists = new Map<string, TodoTask[]>();
  readonly #tasksByKey = new Map<string, TodoTask>();

  constructor(options: InMemoryTodoStoreOptions) {
    this.#now = options.now;
  }

  async add(
    owner: TodoOwner,
    task: { title: string; description?: string },
    idempotencyKey: string,
  ): Promise<TodoTask> {
    const key = JSON.stringify([owner.tenantId, owner.userId, idempotencyKey]);
    const known = this.#tasksByKey.get(key);
    if (known) return { ...known };
    const list = this.#listOf(owner);
    const added: TodoTask = {
      number: list.length + 1,
      title: task.title,
      description: task.description ?? null,
      completed: false,
      createdAt: this.#now().toISOString(),
    };
    list.push(added);
    this.#tasksByKey.set(key, added);
    return { ...added };
  }

  async list(owner: TodoOwner): Promise<TodoTask[]> {
    return this.#listOf(owner).map((task) => ({ ...task }));
  }

  async complete(owner: TodoOwner, number: number): Promise<TodoTask | undefined> {
    const task = this.#listOf(owner).find((candidate) => candidate.number === number);
    if (!task) return undefined;
    task.completed = true;
    return { ...task };
  }

  #listOf(owner: TodoOwner): TodoTask[] {
    const key = JSON.stringify([owner.tenantId, owner.userId]);
    const list = this.#lists.get(key) ?? [];
    this.#lists.set(key, list);
    return list;
  }
}
