import type { ModelMessage } from '@troupe/spec';

/** One thing that was said in a team; `speaker` is null for the user. */
export interface Said {
  speaker: string | null;
  text: string;
}

/**
 * The conversation as one of the team sees it: what it said is its own, and what others said comes to it, with their names.
 * The last message is what it is to answer.
 */
export function conversationOf(member: string, transcript: readonly Said[]): ModelMessage[] {
  const messages: ModelMessage[] = [];
  for (const { speaker, text } of transcript) {
    const role = speaker === member ? 'assistant' : 'user';
    const part = { type: 'text' as const, text: speaker === null || speaker === member ? text : `${speaker}: ${text}` };
    const last = messages.at(-1);
    if (last?.role === role) last.content.push(part);
    else messages.push({ role, content: [part] });
  }
  return messages;
}
