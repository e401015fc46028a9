/**
 * Common table expressions for a statement that ends a run without completing it: messages that were given to the run and
 * that no turn has read join the thread all the same, after everything else of the run. `unread` has a row for each.
 *
 * @param run name of the expression whose row is the run as it has become
 * @param baseId parameter with a new UUIDv7: the messages' ids are it, each with its number after time and sequence
 */
export function storeUnreadMessages(run: string, baseId: string): string {
  return `
    unread AS (
      SELECT n, value -> 'content' AS content,
        overlay(message_id_after(${run}.head_message_id, ${baseId})::text PLACING lpad(to_hex(n), 3, '0') FROM 21 FOR 3)::uuid
          AS id
      FROM ${run}, jsonb_array_elements(${run}.steering) WITH ORDINALITY AS steering(value, n)
    ),
    unread_messages AS (
      INSERT INTO messages (id, tenant_id, thread_id, parent_id, role, content, run_id)
      SELECT unread.id, ${run}.tenant_id, ${run}.thread_id,
        coalesce(lag(unread.id) OVER (ORDER BY n), ${run}.head_message_id), 'user', unread.content, ${run}.id
      FROM ${run}, unread
    )`;
}
