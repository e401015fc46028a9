import type { AgentEnvironment } from './agent-environment.js';

/** What agents of tests need of the world: ids that count, a clock that stands, and no limit of time. */
export function testEnvironment(): AgentEnvironment {
  let ids = 0;
  return {
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
    now: () => new Date('2026-03-01T12:00:00Z'),
    startTimeout: () => ({ signal: new AbortController().signal, clear: () => undefined }),
    onTrouble: () => undefined,
    todos: { add: unused, list: unused, complete: unused },
  };
}

async function unused(): Promise<never> {
  throw new Error('not used here');
}
