import type { Chat, ChatMessage, Page } from '@troupe/contracts';
import type { RequestOptions, Transport } from '../transport/transport.js';
import { type ListOptions, pageQuery } from './list-options.js';

export interface NewChat {
  title?: string | null;
  user_id?: string | null;
  conversation?: ChatMessage[] | null;
}

/** `conversation: null` empties the chat; an absent field stays as it is. */
export interface ChatChanges {
  title?: string | null;
  conversation?: ChatMessage[] | null;
}

/** `/api/chats`: threads as plain lists of role and text. */
export class ChatsResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  list(options: ListOptions & { userId?: string } = {}): Promise<Page<Chat>> {
    const query = { ...pageQuery(options), user_id: options.userId };
    return this.#transport.json({ method: 'GET', path: '/api/chats', query, ...options });
  }

  create(chat: NewChat = {}, options: RequestOptions = {}): Promise<Chat> {
    return this.#transport.json({ method: 'POST', path: '/api/chats', body: chat, ...options });
  }

  get(chatId: string, options: RequestOptions = {}): Promise<Chat> {
    return this.#transport.json({ method: 'GET', path: pathOf(chatId), ...options });
  }

  update(chatId: string, changes: ChatChanges, options: RequestOptions = {}): Promise<Chat> {
    return this.#transport.json({ method: 'PUT', path: pathOf(chatId), body: changes, ...options });
  }

  delete(chatId: string, options: RequestOptions = {}): Promise<void> {
    return this.#transport.done({ method: 'DELETE', path: pathOf(chatId), ...options });
  }
}

function pathOf(chatId: string): string {
  return `/api/chats/${encodeURIComponent(chatId)}`;
}
