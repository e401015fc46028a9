import type { Fact } from '@troupe/contracts';

/** What is remembered about the users of one tenant, across their threads. A user has one value for a key. */
export interface UserMemoryStore {
  /** All facts about a user, by key. */
  list(userId: string): Promise<Fact[]>;
  get(userId: string, key: string): Promise<Fact | undefined>;
  /** Replaces what was remembered under that key. */
  set(userId: string, fact: NewFact): Promise<Fact>;
  /** False when nothing was remembered under that key. */
  forget(userId: string, key: string): Promise<boolean>;
}

/** A fact about a user: `key` in snake_case names it, and the same key again replaces it. */
export interface NewFact {
  key: string;
  value: string;
  category?: string | null;
}
