import type { TodoOwner, TodoStore, TodoTask } from '@troupe/spec';
import type { Database } from '../database.js';
import { violates } from '../database-error.js';

interface TodoRow {
  number: number;
  title: string;
  description: string | null;
  completed_at: Date | null;
  created_at: Date;
}

const COLUMNS = 'number, title, description, completed_at, created_at';

const ADD_TODO = {
  name: 'add-todo',
  text: `INSERT INTO todo_tasks (tenant_id, user_id, number, title, description, idempotency_key)
    SELECT $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5 FROM todo_tasks WHERE tenant_id = $1 AND user_id = $2
    ON CONFLICT ON CONSTRAINT todo_tasks_key DO UPDATE SET title = todo_tasks.title
    RETURNING ${COLUMNS}`,
};
const LIST_TODOS = {
  name: 'list-todos',
  text: `SELECT ${COLUMNS} FROM todo_tasks WHERE tenant_id = $1 AND user_id = $2 ORDER BY number`,
};
const COMPLETE_TODO = {
  name: 'complete-todo',
  text: `UPDATE todo_tasks SET completed_at = coalesce(completed_at, now())
    WHERE tenant_id = $1 AND user_id = $2 AND number = $3 RETURNING ${COLUMNS}`,
};

/** Parallel adds of one user race for the next number; the loser takes the one after. */
const MAX_NUMBER_RACES = 20;

export class PostgresTodoStore implements TodoStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async add(
    owner: TodoOwner,
    task: { title: string; description?: string },
    idempotencyKey: string,
  ): Promise<TodoTask> {
    const values = [owner.tenantId, owner.userId, task.title, task.description ?? null, idempotencyKey];
    for (let race = 1; ; race++) {
      try {
        const [row] = await this.#database.query<TodoRow>(ADD_TODO, values);
        if (!row) throw new Error('Adding a task returned no row.');
        return taskFromRow(row);
      } catch (error) {
        if (!violates(error, 'todo_tasks_pkey') || race === MAX_NUMBER_RACES) throw error;
      }
    }
  }

  async list(owner: TodoOwner): Promise<TodoTask[]> {
    return (await this.#database.query<TodoRow>(LIST_TODOS, [owner.tenantId, owner.userId])).map(taskFromRow);
  }

  async complete(owner: TodoOwner, number: number): Promise<TodoTask | undefined> {
    const [row] = await this.#database.query<TodoRow>(COMPLETE_TODO, [owner.tenantId, owner.userId, number]);
    return row && taskFromRow(row);
  }
}

function taskFromRow(row: TodoRow): TodoTask {
  return {
    number: row.number,
    title: row.title,
    description: row.description,
    completed: row.completed_at !== null,
    createdAt: row.created_at.toISOString(),
  };
}
