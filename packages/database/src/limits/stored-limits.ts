import { LIMIT_NUMBERS, type LimitKey, type LimitNumber, type LimitNumbers, type LimitRule } from '@troupe/contracts';
import type { Queryable } from '../database.js';

interface LimitRow extends Record<LimitNumber, number | null> {
  provider: string;
  model: string;
  /** Empty: each of the provider's keys. */
  account: string;
}

const COLUMNS = `provider, model, account, ${LIMIT_NUMBERS.join(', ')}`;

const LIST_LIMITS = {
  name: 'list-limits',
  text: `SELECT ${COLUMNS} FROM call_limits ORDER BY provider, model, account`,
};
const SET_LIMIT = {
  name: 'set-limit',
  text: `INSERT INTO call_limits (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (provider, model, account) DO UPDATE SET updated_at = now(),
      ${LIMIT_NUMBERS.map((number) => `${number} = excluded.${number}`).join(', ')}
    RETURNING ${COLUMNS}`,
};
const REMOVE_LIMIT = {
  name: 'remove-limit',
  text: 'DELETE FROM call_limits WHERE provider = $1 AND model = $2 AND account = $3 RETURNING provider',
};

/** The limits that were set by API, all of them: there are as many as somebody typed. */
export async function listLimits(database: Queryable): Promise<LimitRule[]> {
  return (await database.query<LimitRow>(LIST_LIMITS, [])).map(limitFromRow);
}

/** Sets a limit; it replaces the numbers that its key had. */
export async function setLimit(database: Queryable, rule: LimitRule): Promise<LimitRule> {
  const numbers = LIMIT_NUMBERS.map((number) => rule[number] ?? null);
  const [row] = await database.query<LimitRow>(SET_LIMIT, [...keyOf(rule), ...numbers]);
  if (!row) throw new Error('Setting a limit returned no row.');
  return limitFromRow(row);
}

/** False when no limit was set by API under that key. */
export async function removeLimit(database: Queryable, key: LimitKey): Promise<boolean> {
  return (await database.query(REMOVE_LIMIT, keyOf(key))).length > 0;
}

function keyOf({ provider, model, account }: LimitKey): string[] {
  return [provider, model, account ?? ''];
}

function limitFromRow({ provider, model, account, ...row }: LimitRow): LimitRule {
  const numbers: LimitNumbers = {};
  for (const name of LIMIT_NUMBERS) {
    const number = row[name];
    if (number !== null) numbers[name] = number;
  }
  return { provider, model, ...(account !== '' && { account }), ...numbers };
}
