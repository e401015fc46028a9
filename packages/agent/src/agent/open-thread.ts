import { type AgentConfiguration, TroupeError } from '@troupe/contracts';
import { historyLimit } from '../memory/history-limit.js';
import type { AgentOptions } from './agent-options.js';
import { InMemoryThread } from './in-memory-thread.js';
import { StoredThread } from './stored-thread.js';
import { threadOwners } from './thread-owners.js';

type ThreadOptions = Pick<AgentOptions, 'stores' | 'auth' | 'environment'>;
type ShownHistory = Pick<AgentConfiguration, 'memory' | 'max_turns'>;

/** A conversation of its own: in the store where there is one, else as long as the agent. */
export function beginThread(options: ThreadOptions, shown: ShownHistory): InMemoryThread | StoredThread {
  const { stores, environment } = options;
  if (!stores?.threads) return new InMemoryThread(() => environment.newId());
  return openThread(environment.newId(), options, shown, true);
}

/** A thread of the store. Nothing is read yet. @throws TroupeError `invalid_request` without a store */
export function openThread(
  id: string,
  { stores, auth = threadOwners }: ThreadOptions,
  { memory, max_turns }: ShownHistory,
  isNew = false,
): StoredThread {
  if (!stores?.threads) throw storeMissing(id);
  return new StoredThread({ id, isNew, threads: stores.threads, auth, historyLimit: historyLimit(memory, max_turns) });
}

function storeMissing(threadId: string): TroupeError {
  return new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message: `There is no store to find thread ${threadId} in. Pass stores: { threads }.`,
  });
}
