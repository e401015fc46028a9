import type { Thread } from '@troupe/contracts';

/** Decides who may do what with a thread. */
export interface ThreadAuth {
  /** A refusal looks to the one who asks as if the thread were not there. What it throws goes to the caller. */
  allows(request: ThreadAccess): boolean | Promise<boolean>;
}

/** Who wants what with which thread. */
export interface ThreadAccess {
  /** Null: the program named nobody. */
  userId: string | null;
  /** `write`: to say something on it. */
  action: 'read' | 'write';
  thread: Thread;
}
