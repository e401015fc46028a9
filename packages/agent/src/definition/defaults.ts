import type { MemoryStrategy } from '@troupe/contracts';

/** Model turns of a run whose agent names no limit. */
export const DEFAULT_MAX_TURNS = 10;

/** What an agent that names no strategy remembers of a thread. */
export const DEFAULT_MEMORY: MemoryStrategy = { type: 'last_n', n: 20 };
