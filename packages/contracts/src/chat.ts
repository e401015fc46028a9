/** A thread as the chat dialect shows it: role and text only. */
export interface Chat {
  chat_id: string;
  user_id: string | null;
  conversation: ChatMessage[] | null;
  title: string | null;
  created_at: string;
  updated_at: string;
}

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}
