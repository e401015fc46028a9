import type { TodoStore } from '@troupe/spec';

/** What an agent in one process needs of the world. */
export interface AgentEnvironment {
  newId(): string;
  now(): Date;
  /** A signal that aborts after that many milliseconds with the reason, unless it is cleared before. */
  startTimeout(milliseconds: number, reason: () => Error): { signal: AbortSignal; clear(): void };
  todos: TodoStore;
  /** Told of what goes wrong beside the answers. */
  onTrouble(error: unknown): void;
}
