import { type Thread, TroupeError } from '@troupe/contracts';
import type { ThreadAuth } from '@troupe/spec';

/** Everybody has their own threads; one without an owner is open to whoever comes first. */
export const threadOwners: ThreadAuth = {
  allows: ({ userId, thread }) => thread.user_id === null || thread.user_id === userId,
};

/** @throws TroupeError `thread_not_found`, so that nobody learns of threads that are not theirs */
export async function assertAllowed(
  auth: ThreadAuth,
  request: { userId: string | null; action: 'read' | 'write'; thread: Thread },
): Promise<void> {
  if (await auth.allows(request)) return;
  throw new TroupeError({
    code: 'thread_not_found',
    fault: 'caller',
    message: `There is no thread ${request.thread.id}.`,
    details: { thread_id: request.thread.id },
  });
}
