import type { ContentPart, MessageRole } from '@troupe/contracts';

/** A message as a thread holds it, oldest first in every list here. */
export interface HistoryMessage {
  role: MessageRole;
  content: readonly ContentPart[];
}
