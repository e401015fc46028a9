import type { ClaimedRun, NewMessage } from '@troupe/database';

/** What was sent to the run while it worked, as messages that follow its last one. */
export function receivedMessages(run: ClaimedRun): NewMessage[] {
  return run.received.map(({ id, content, withheld }, index) => ({
    id,
    parent_id: run.received[index - 1]?.id ?? run.headMessageId,
    role: 'user',
    content,
    model: null,
    ...(withheld && { withheld }),
  }));
}
