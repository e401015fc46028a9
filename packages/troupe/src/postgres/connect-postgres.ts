import { TroupeError } from '@troupe/contracts';
import {
  Database,
  ensureTenant,
  PostgresThreadStore,
  PostgresTodoStore,
  PostgresUserMemoryStore,
  ThreadHolds,
} from '@troupe/database';
import type { AgentStore, ThreadStore, TodoStore, UserMemoryStore } from '@troupe/spec';
import type { AgentNames } from '../stores/check-names.js';
import { warnOf } from '../warn-of.js';
import { connectionError } from './connection-error.js';
import { PostgresAgentStore } from './postgres-agent-store.js';

/** `registry` and `models`: what agents are checked against when they are saved. */
export interface ConnectPostgresOptions extends AgentNames {
  /** `postgres://user:password@host:port/name` */
  connectionString: string;
  /** Makes and updates the tables first. False where somebody else does it: then they must be there. */
  migrate?: boolean;
  /** Slug of the tenant whose data it is, made when missing; `default` unless told, as on a server of one owner. */
  tenant?: string;
  /** Connections that this process may hold, beside one for the threads that it is at work on; 10 unless told. */
  poolSize?: number;
}

/** What agents keep in Postgres. Pass it as `stores`. */
export interface PostgresStores {
  threads: ThreadStore;
  memory: UserMemoryStore;
  agents: AgentStore;
  todos: TodoStore;
  /** Ends the connections; what is under way fails. */
  close(): Promise<void>;
}

const POOL_SIZE = 10;

/**
 * Connects to the database of a server or to one of your own: the schema is the same.
 * @throws TroupeError `database_unavailable` where it cannot be reached, refuses the user or has no tables; `invalid_request`
 * without a connection string
 */
export async function connectPostgres(options: ConnectPostgresOptions): Promise<PostgresStores> {
  const { connectionString, migrate = false, tenant = 'default', poolSize = POOL_SIZE, registry, models } = options;
  if (!connectionString) throw connectionMissing();
  const database = await Database.connect({
    url: connectionString,
    poolSize,
    applicationName: 'troupe',
    onConnectionError: warnOf,
  }).catch((error: unknown) => {
    throw connectionError(error);
  });
  try {
    if (migrate) await database.migrate();
    const of = { database, tenantId: await ensureTenant(database, tenant) };
    const holds = new ThreadHolds(connectionString);
    return {
      threads: new PostgresThreadStore({ ...of, holds }),
      memory: new PostgresUserMemoryStore(of),
      agents: new PostgresAgentStore({ ...of, registry, models }),
      todos: todosOf(of),
      close: async () => {
        await holds.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw connectionError(error);
  }
}

function connectionMissing(): TroupeError {
  return new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message: 'connectPostgres needs a connectionString: postgres://user:password@host:5432/database.',
  });
}

/** An agent in one process does not know which tenant it works for; its stores do. */
function todosOf({ database, tenantId }: { database: Database; tenantId: string }): TodoStore {
  const todos = new PostgresTodoStore(database);
  return {
    add: ({ userId }, task, idempotencyKey) => todos.add({ tenantId, userId }, task, idempotencyKey),
    list: ({ userId }) => todos.list({ tenantId, userId }),
    complete: ({ userId }, number) => todos.complete({ tenantId, userId }, number),
  };
}
