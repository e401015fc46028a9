import { isId, TroupeError } from '@troupe/contracts';
import { type Database, readThread, type ThreadChoice } from '@troupe/database';

/**
 * The thread that a client means by its id or by a name of its own; null: a new one. Applications name their own chats with
 * UUIDs too, so one that is no thread's id is a name.
 */
export async function chooseThread(database: Database, tenantId: string, name: string | null): Promise<ThreadChoice> {
  if (name === null) return { type: 'new' };
  const isThread = isId(name) && (await threadExists(database, tenantId, name));
  return isThread ? { type: 'id', id: name.toLowerCase() } : { type: 'external_id', externalId: name };
}

async function threadExists(database: Database, tenantId: string, id: string): Promise<boolean> {
  try {
    await readThread(database, tenantId, id);
    return true;
  } catch (error) {
    if (error instanceof TroupeError && error.code === 'thread_not_found') return false;
    throw error;
  }
}
