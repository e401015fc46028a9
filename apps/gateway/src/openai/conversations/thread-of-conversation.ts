import { type Thread, TroupeError } from '@troupe/contracts';
import { type Database, readThread } from '@troupe/database';
import { readConversationId } from '../responses/response-ids.js';

/** Whether a name is that of a conversation, and no name that an application made up. */
export function isConversationId(name: string): boolean {
  return name.startsWith('conv_');
}

/** @throws TroupeError `thread_not_found`, for another tenant's too */
export async function threadOfConversation(database: Database, tenantId: string, name: string): Promise<Thread> {
  const id = readConversationId(name);
  try {
    if (id !== undefined) return await readThread(database, tenantId, id);
  } catch (error) {
    if (!(error instanceof TroupeError && error.code === 'thread_not_found')) throw error;
  }
  const message = `There is no conversation "${name}". POST /v1/conversations begins one.`;
  throw new TroupeError({ code: 'thread_not_found', fault: 'caller', message });
}
