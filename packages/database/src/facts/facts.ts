import { type Fact, newId } from '@troupe/contracts';
import type { Queryable } from '../database.js';

interface FactRow extends Omit<Fact, 'created_at' | 'updated_at'> {
  created_at: Date;
  updated_at: Date;
}

const COLUMNS = 'id, user_id, key, value, category, source_message_id, created_at, updated_at';

const LIST_FACTS = {
  name: 'list-facts',
  text: `SELECT ${COLUMNS} FROM facts
    WHERE tenant_id = $1 AND user_id = $2 AND ($3::text IS NULL OR key > $3) ORDER BY key LIMIT $4`,
};
const READ_FACT = {
  name: 'read-fact',
  text: `SELECT ${COLUMNS} FROM facts WHERE tenant_id = $1 AND user_id = $2 AND key = $3`,
};
const SET_FACT = {
  name: 'set-fact',
  text: `WITH known_user AS (
      INSERT INTO users (tenant_id, id) VALUES ($2, $3) ON CONFLICT DO NOTHING
    )
    INSERT INTO facts (id, tenant_id, user_id, key, value, category) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT ON CONSTRAINT facts_key DO UPDATE SET value = excluded.value, category = excluded.category,
      source_message_id = NULL, updated_at = now()
    RETURNING ${COLUMNS}`,
};
const FORGET_FACT = {
  name: 'forget-fact',
  text: 'DELETE FROM facts WHERE tenant_id = $1 AND user_id = $2 AND key = $3 RETURNING id',
};

/** Whose memory it is. */
export interface FactOwner {
  tenantId: string;
  userId: string;
}

/** Facts about a user by key, after the cursor. */
export async function listFacts(
  database: Queryable,
  owner: FactOwner,
  page: { after: string | null; limit: number },
): Promise<Fact[]> {
  const values = [owner.tenantId, owner.userId, page.after, page.limit];
  return (await database.query<FactRow>(LIST_FACTS, values)).map(factFromRow);
}

export async function readFact(database: Queryable, owner: FactOwner, key: string): Promise<Fact | undefined> {
  const [row] = await database.query<FactRow>(READ_FACT, [owner.tenantId, owner.userId, key]);
  return row && factFromRow(row);
}

/** Sets a fact by hand: it replaces what was remembered under that key and has no source message. */
export async function setFact(
  database: Queryable,
  owner: FactOwner,
  fact: { key: string; value: string; category: string | null },
): Promise<Fact> {
  const values = [newId(), owner.tenantId, owner.userId, fact.key, fact.value, fact.category];
  const [row] = await database.query<FactRow>(SET_FACT, values);
  if (!row) throw new Error('Setting a fact returned no row.');
  return factFromRow(row);
}

/** False when nothing was remembered under that key. */
export async function forgetFact(database: Queryable, owner: FactOwner, key: string): Promise<boolean> {
  return (await database.query(FORGET_FACT, [owner.tenantId, owner.userId, key])).length > 0;
}

function factFromRow(row: FactRow): Fact {
  return { ...row, created_at: row.created_at.toISOString(), updated_at: row.updated_at.toISOString() };
}
