import { TroupeError } from '@troupe/contracts';
import type { TodoOwner, ToolContext } from '@troupe/spec';

/** Whose list a call means. @throws TroupeError `invalid_request` when the run has no user. */
export function todoOwner(context: ToolContext): TodoOwner {
  if (context.userId === null) {
    throw new TroupeError({
      code: 'invalid_request',
      fault: 'caller',
      message:
        'Tasks belong to a user and this conversation has none. The application must pass user_id with its request; ' +
        'tell the user that tasks cannot be kept until then.',
    });
  }
  return { tenantId: context.tenantId, userId: context.userId };
}
