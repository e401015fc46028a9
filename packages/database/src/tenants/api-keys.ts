import { createHash, randomBytes } from 'node:crypto';
import { newId } from '@troupe/contracts';
import type { Queryable } from '../database.js';

export type ApiKeyRole = 'admin' | 'user';

/** Who a key speaks for. */
export interface ApiKeyOwner {
  keyId: string;
  tenantId: string;
  role: ApiKeyRole;
}

const KEY_PREFIX = 'trp_';

const FIND_API_KEY = {
  name: 'find-api-key',
  text: `SELECT id, tenant_id, role FROM api_keys
    WHERE hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
};
const STORE_API_KEY = {
  name: 'store-api-key',
  text: `INSERT INTO api_keys (id, tenant_id, name, prefix, hash, role) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT ON CONSTRAINT api_keys_hash DO UPDATE SET revoked_at = NULL, role = excluded.role`,
};

/** A new key with 256 random bits: long enough that a plain hash of it cannot be searched. */
export function generateApiKey(): string {
  return KEY_PREFIX + randomBytes(32).toString('base64url');
}

function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** Looks a key up by its hash; undefined when it is unknown, revoked or expired. */
export async function findApiKey(database: Queryable, key: string): Promise<ApiKeyOwner | undefined> {
  const [row] = await database.query<{ id: string; tenant_id: string; role: ApiKeyRole }>(FIND_API_KEY, [
    hashApiKey(key),
  ]);
  return row && { keyId: row.id, tenantId: row.tenant_id, role: row.role };
}

/** Stores the hash of a key. Storing the same key again makes it valid again. */
export async function storeApiKey(
  database: Queryable,
  key: { tenantId: string; name: string; key: string; role: ApiKeyRole },
): Promise<void> {
  const values = [newId(), key.tenantId, key.name, key.key.slice(0, 8), hashApiKey(key.key), key.role];
  await database.query(STORE_API_KEY, values);
}
