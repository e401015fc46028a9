/** A task of one user. `number` is how people name it: 1, 2, 3 within that user's list. */
export interface TodoTask {
  number: number;
  title: string;
  description: string | null;
  completed: boolean;
  createdAt: string;
}

export interface TodoOwner {
  tenantId: string;
  userId: string;
}

/** Where the tools for to-do lists keep the tasks of each user. */
export interface TodoStore {
  /** Adding again with the same key changes nothing and returns the same task. */
  add(owner: TodoOwner, task: { title: string; description?: string }, idempotencyKey: string): Promise<TodoTask>;
  list(owner: TodoOwner): Promise<TodoTask[]>;
  /** Undefined when the user has no task of that number. */
  complete(owner: TodoOwner, number: number): Promise<TodoTask | undefined>;
}
