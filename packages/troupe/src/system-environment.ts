import type { AgentEnvironment } from '@troupe/agent';
import { newId } from '@troupe/contracts';
import type { TodoStore } from '@troupe/spec';
import { InMemoryTodoStore } from '@troupe/tools';
import { warnOf } from './warn-of.js';

/** The real clock, timers and ids of this process. Tasks live in memory unless a store is given. */
export function systemEnvironment(todos?: TodoStore): AgentEnvironment {
  const now = () => new Date();
  return { newId, now, startTimeout, todos: todos ?? new InMemoryTodoStore({ now }), onTrouble: warnOf };
}

function startTimeout(milliseconds: number, reason: () => Error) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(reason()), milliseconds);
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}
