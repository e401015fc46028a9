import type { ContentPart, MultitaskStrategy, RunOptions } from '@troupe/contracts';

/** Which thread a run goes to: a new one, one by its id, or one by the application's own name (made when missing). */
export type ThreadChoice = { type: 'new' } | NamedThread;
export type NamedThread = { type: 'id'; id: string } | { type: 'external_id'; externalId: string };

export interface AcceptRunInput {
  runId: string;
  tenantId: string;
  userId: string | null;
  thread: ThreadChoice;
  /** Slug of the agent; null: the thread's own, else `defaultAgent`. */
  agent: string | null;
  defaultAgent: string;
  /** `provider/model` that wins over the agent's; null: the agent's, else `defaultModel`. */
  model: string | null;
  defaultModel: string;
  content: ContentPart[];
  deadlineSeconds: number;
  /** What to do when the thread works on another run; absent: `reject`. */
  multitaskStrategy?: MultitaskStrategy;
  /** What the request asked for beside the message. */
  options?: RunOptions;
  idempotency: { endpoint: string; key: string; requestHash: string } | null;
}

/** `replayed`: an earlier request with the same Idempotency-Key made this run; nothing was stored now. */
export interface AcceptedRunRow {
  runId: string;
  threadId: string;
  /** Slug of the agent that answers. */
  agent: string;
  model: string;
  replayed: boolean;
  /** The message went to a run that was there (`steer`): `runId` is that run, and it is under way. */
  steered: boolean;
  /** The run waits for its thread; null: it may start now, or is a replay. */
  wait: WaitForThread | null;
}

/** That a run has to wait. Who accepted it calls `advanceThread`: another run may have to be cancelled for this one. */
export interface WaitForThread {
  /** The run that works on the thread; null when it has ended meanwhile. */
  behind: string | null;
}
