import { type AgentConfiguration, TroupeError } from '@troupe/contracts';
import type { ModelMessage } from '@troupe/spec';
import { historyLimit } from '../memory/history-limit.js';
import type { AgentOptions } from './agent-options.js';
import { InMemoryThread } from './in-memory-thread.js';
import { StoredThread } from './stored-thread.js';
import { threadOwners } from './thread-owners.js';

type ThreadOptions = Pick<AgentOptions, 'stores' | 'auth' | 'environment'>;
type ShownHistory = Pick<AgentConfiguration, 'memory' | 'max_turns'>;

/**
 * A conversation of its own: in the store where there is one, else as long as the agent.
 * @throws TroupeError `invalid_request` for messages that are none, and for a store, which keeps its own
 */
export function beginThread(
  options: ThreadOptions,
  shown: ShownHistory,
  messages: readonly ModelMessage[] = [],
): InMemoryThread | StoredThread {
  const { stores, environment } = options;
  if (stores?.threads) {
    if (messages.length > 0) throw refused('A thread of a store begins without messages: copy one with its `fork`.');
    return openThread(environment.newId(), options, shown, true);
  }
  if (messages.length === 0) return new InMemoryThread(() => environment.newId());
  const createdAt = environment.now().toISOString();
  const kept = messages.map((message, index) => ({ createdAt, ...readMessage(message, index) }));
  return new InMemoryThread(() => environment.newId(), kept);
}

/** From a file as a rule, so it may be anything. Calls without results and the like are repaired for every request. */
function readMessage({ role, content }: ModelMessage, index: number): ModelMessage {
  const isMessage =
    ROLES.includes(role) && Array.isArray(content) && content.every((part) => typeof part?.type === 'string');
  if (isMessage) return { role, content };
  throw refused(
    `messages[${index}] is no message: { role: ${ROLES.join(' | ')}, content: [{ type: 'text', text: '…' }] }, as agent.messages has them.`,
  );
}

const ROLES = ['user', 'assistant', 'tool'];

/** A thread of the store. Nothing is read yet. @throws TroupeError `invalid_request` without a store */
export function openThread(
  id: string,
  { stores, auth = threadOwners }: ThreadOptions,
  { memory, max_turns }: ShownHistory,
  isNew = false,
): StoredThread {
  if (!stores?.threads) throw storeMissing(id);
  return new StoredThread({ id, isNew, threads: stores.threads, auth, historyLimit: historyLimit(memory, max_turns) });
}

function storeMissing(threadId: string): TroupeError {
  return refused(`There is no store to find thread ${threadId} in. Pass stores: { threads }.`);
}

function refused(message: string): TroupeError {
  return new TroupeError({ code: 'invalid_request', fault: 'caller', message });
}
