import type { StickyDecision } from '@troupe/contracts';
import {
  type ClaimedRun,
  type Database,
  PostgresThreadSearch,
  PostgresTodoStore,
  readStickyDecisions,
} from '@troupe/database';
import type { ToolServices } from '@troupe/spec';

/** What decisions about calls need beside the run. */
export interface PermissionSources {
  /** What people decided for these tools beyond the call in question. Only read where somebody would have to be asked. */
  stickyDecisions(run: ClaimedRun, names: readonly string[]): Promise<StickyDecision[]>;
  /** Lent to tools that say themselves whether a call needs approval. */
  services: ToolServices;
}

export function permissionSources(database: Database): PermissionSources {
  return {
    stickyDecisions: (run, names) => readStickyDecisions(database, run, names),
    services: {
      todos: new PostgresTodoStore(database),
      threadSearch: new PostgresThreadSearch(database),
      now: () => new Date(),
    },
  };
}
