/**
 * What has answered in a thread, with whose words that is where it is known: an SQL expression for a list of
 * `{name, untrusted?}`, null when nothing has.
 */
export function answeredToolsOf(threadId: string): string {
  return `(
        SELECT jsonb_agg(DISTINCT jsonb_strip_nulls(jsonb_build_object(
          'name', part -> 'name', 'untrusted', part -> 'untrusted')))
        FROM messages, jsonb_array_elements(messages.content) AS part
        WHERE messages.thread_id = ${threadId} AND messages.role = 'tool'
          AND part ->> 'type' = 'tool_result' AND part ->> 'status' <> 'pending'
      )`;
}
