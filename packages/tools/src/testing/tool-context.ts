import type { RunContext } from '@troupe/spec';
import { InMemoryTodoStore } from '../todo/in-memory-todo-store.js';

/** A context as a tool-worker would give it, at a fixed time and with an empty list of tasks. */
export function toolContext(changes: Partial<RunContext<undefined>> = {}): RunContext<undefined> {
  const now = () => new Date('2026-03-01T12:30:00Z');
  return {
    tenantId: 'tenant',
    userId: 'ada',
    threadId: 'thread',
    runId: 'run',
    idempotencyKey: 'key',
    signal: new AbortController().signal,
    deps: undefined,
    progress: () => undefined,
    services: { now, todos: new InMemoryTodoStore({ now }), threadSearch: { search: async () => [] } },
    ...changes,
  };
}
