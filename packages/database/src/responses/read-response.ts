import type { Queryable } from '../database.js';
import { type KeptResponse, RESPONSE_KEPT_DAYS } from './kept-response.js';

/** Responses of one conversation that are read at most; a longer one cannot be gone on with. */
const MOST_RESPONSES = 500;

const KEPT = `created_at > now() - interval '${RESPONSE_KEPT_DAYS} days'`;

const READ_RESPONSE = {
  name: 'read-response',
  text: `SELECT id, previous_id, input, response FROM responses WHERE tenant_id = $1 AND id = $2 AND ${KEPT}`,
};
const READ_CONVERSATION = {
  name: 'read-conversation-of-responses',
  text: `WITH RECURSIVE conversation AS (
      SELECT id, previous_id, input, response, 1 AS back FROM responses
      WHERE tenant_id = $1 AND id = $2 AND ${KEPT}
      UNION ALL
      SELECT before.id, before.previous_id, before.input, before.response, back + 1
      FROM conversation JOIN responses AS before ON before.tenant_id = $1 AND before.id = conversation.previous_id
      WHERE back < ${MOST_RESPONSES}
    )
    SELECT id, previous_id, input, response FROM conversation ORDER BY back DESC`,
};

interface ResponseRow {
  id: string;
  previous_id: string | null;
  input: string;
  response: string;
}

/** Undefined when there is none, for another tenant's too. */
export async function readResponse(
  database: Queryable,
  tenantId: string,
  id: string,
): Promise<KeptResponse | undefined> {
  const [row] = await database.query<ResponseRow>(READ_RESPONSE, [tenantId, id]);
  return row && storedOf(row);
}

/** A response and all that it goes on from, oldest first; undefined when not all of them are there. */
export async function readResponses(
  database: Queryable,
  tenantId: string,
  id: string,
): Promise<KeptResponse[] | undefined> {
  const rows = await database.query<ResponseRow>(READ_CONVERSATION, [tenantId, id]);
  return rows[0]?.previous_id === null ? rows.map(storedOf) : undefined;
}

function storedOf({ id, previous_id, input, response }: ResponseRow): KeptResponse {
  return { id, previousId: previous_id, input, response };
}
