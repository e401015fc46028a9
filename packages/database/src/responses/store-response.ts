import type { Queryable } from '../database.js';
import type { KeptResponse } from './kept-response.js';

const STORE_RESPONSE = {
  name: 'store-response',
  text: 'INSERT INTO responses (tenant_id, id, previous_id, input, response) VALUES ($1, $2, $3, $4, $5)',
};
const DELETE_RESPONSE = {
  name: 'delete-response',
  text: 'DELETE FROM responses WHERE tenant_id = $1 AND id = $2 RETURNING id',
};

export async function storeResponse(database: Queryable, tenantId: string, stored: KeptResponse): Promise<void> {
  const { id, previousId, input, response } = stored;
  await database.query(STORE_RESPONSE, [tenantId, id, previousId, input, response]);
}

/** False when there is none. Responses that went on from it can be read, and not be gone on with. */
export async function deleteResponse(database: Queryable, tenantId: string, id: string): Promise<boolean> {
  const [deleted] = await database.query(DELETE_RESPONSE, [tenantId, id]);
  return deleted !== undefined;
}
