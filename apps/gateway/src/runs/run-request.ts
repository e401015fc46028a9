import type { MultitaskStrategy } from '@troupe/contracts';
import type { ThreadChoice } from '@troupe/database';
import type { Caller } from '../auth/caller.js';

/** A run that somebody asks for, in no route's words. */
export interface RunRequest {
  caller: Caller;
  message: string;
  userId: string | null;
  thread: ThreadChoice;
  /** Slug; null: the thread's agent, else the default one. */
  agent: string | null;
  /** `provider/model`; null: the agent's own, else the default one. */
  model: string | null;
  multitaskStrategy: MultitaskStrategy;
  idempotency: { endpoint: string; key: string; requestHash: string } | null;
}
