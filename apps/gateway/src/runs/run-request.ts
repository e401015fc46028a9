import type { ContentPart, MultitaskStrategy, RunOptions } from '@troupe/contracts';
import type { EarlierMessage, ThreadChoice } from '@troupe/database';
import type { Caller } from '../auth/caller.js';

/** A run that somebody asks for, in no route's words. */
export interface RunRequest {
  caller: Caller;
  content: ContentPart[];
  /** What was said before, for a thread that holds nothing yet; absent: nothing. */
  earlier?: EarlierMessage[];
  userId: string | null;
  thread: ThreadChoice;
  /** Slug; null: the thread's agent, else the default one. */
  agent: string | null;
  /** `provider/model`; null: the agent's own, else the default one. */
  model: string | null;
  multitaskStrategy: MultitaskStrategy;
  /** What else the request asks of its run; absent: nothing. */
  options?: RunOptions;
  idempotency: { endpoint: string; key: string; requestHash: string } | null;
}
