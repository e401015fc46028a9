import type { JsonObject } from '@troupe/contracts';
import type { TodoTask } from '@troupe/spec';

/** A task as models read it. */
export function todoTaskJson(task: TodoTask): JsonObject {
  return {
    number: task.number,
    title: task.title,
    ...(task.description === null ? {} : { description: task.description }),
    completed: task.completed,
    created_at: task.createdAt,
  };
}
