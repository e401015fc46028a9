import type { MemoryStrategy } from '@troupe/contracts';
import type { ChatModel } from '@troupe/spec';
import type { UserMemoryExtractor } from '../user-memory/user-memory-extractor.js';
import type { Conversation } from './conversation.js';
import { summarizeThread } from './summarize-thread.js';

export interface FollowUpOptions {
  thread: Conversation;
  memory: MemoryStrategy;
  model: ChatModel;
  userId: string | null;
  extractor: UserMemoryExtractor | undefined;
  onTrouble(error: unknown): void;
}

/** What is due after an answer, all at once: a new summary of the thread, and facts about the user. Never rejects. */
export async function followUp(options: FollowUpOptions): Promise<void> {
  const { thread, memory, model } = options;
  await Promise.all([summarizeThread(thread, memory, model), learn(options)]);
}

async function learn({ thread, userId, extractor, onTrouble }: FollowUpOptions): Promise<void> {
  if (!extractor || userId === null) return;
  await extractor.extractAndSave(userId, thread.messages).catch(onTrouble);
}
