import type { MessageRole } from '@troupe/contracts';

export interface ThreadSearchHit {
  role: MessageRole;
  text: string;
  createdAt: string;
}

export interface ThreadSearch {
  /** Messages of one thread that hold all words of the query, newest first. */
  search(scope: { tenantId: string; threadId: string }, query: string, limit: number): Promise<ThreadSearchHit[]>;
}
