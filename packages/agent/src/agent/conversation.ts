import type { ModelMessage, ThreadSearch } from '@troupe/spec';
import type { HistoryMessage } from '../history/history-message.js';
import type { SignedMessage } from './authors.js';

/** What an agent talks on: a thread in its own memory or one of a store. */
export interface Conversation extends ThreadSearch {
  readonly id: string;
  /** What this agent knows of it, oldest first. */
  readonly messages: readonly ModelMessage[];
  /** Begins one message and its answer. */
  begin(userId: string | null): Promise<Exchange>;
  /** What the next summary is made from. */
  readonly summarized: SummarizedMessages;
  summarize(text: string, covered: number): Promise<void>;
}

/** One message and its answer. Until they are appended the conversation is as it was. */
export interface Exchange {
  readonly history: readonly HistoryMessage[];
  readonly summary: string | null;
  /** How many of the newest messages the summary does not cover. */
  readonly unsummarized: number;
  /** The messages before the history; absent: the history is all there is. */
  earlier?(): Promise<readonly HistoryMessage[]>;
  append(messages: readonly SignedMessage[], now: Date): Promise<void>;
  /** Due whatever happened. */
  end(): Promise<void>;
}

export interface SummarizedMessages {
  readonly summary: string | null;
  /** How many of the oldest messages the summary covers. */
  readonly count: number;
  readonly messageCount: number;
  /** Messages by their place in the thread, as far as they are known. */
  between(start: number, end: number): readonly HistoryMessage[];
}
