/** Something remembered about a user across threads. */
export interface Fact {
  id: string;
  user_id: string;
  key: string;
  value: string;
  category: string | null;
  source_message_id: string | null;
  created_at: string;
  updated_at: string;
}
