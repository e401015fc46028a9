import type { ContentPart, Message, MessageRole, Withheld } from '@troupe/contracts';

/** A row of `messages` as the driver gives it. */
export interface MessageRow {
  id: string;
  thread_id: string;
  parent_id: string | null;
  role: MessageRole;
  content: ContentPart[];
  run_id: string | null;
  agent: string | null;
  model: string | null;
  withheld: Withheld | null;
  created_at: Date;
}

export const MESSAGE_COLUMNS = 'id, thread_id, parent_id, role, content, run_id, agent, model, withheld, created_at';

/** The place of a tool result that is still awaited, or that a guardrail has yet to read, is a message already; readers do not see it. */
export const VISIBLE = `NOT (role = 'tool' AND content -> 0 ->> 'status' IN ('pending', 'held'))`;

export function messageFromRow({ withheld, ...row }: MessageRow): Message {
  return { ...row, ...(withheld && { withheld }), created_at: row.created_at.toISOString() };
}
