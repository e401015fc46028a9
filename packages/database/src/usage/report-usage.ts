import { USAGE_DIMENSIONS, type UsageDimension, type UsageGroup, type UsageSums } from '@troupe/contracts';
import type { Queryable, Statement } from '../database.js';

/** Which calls are counted; what is null does not matter. */
export interface UsageFilter {
  tenantId: string;
  /** RFC 3339. */
  from: string;
  /** RFC 3339; the moment itself does not belong to it. */
  to: string;
  runId: string | null;
  threadId: string | null;
  userId: string | null;
  agent: string | null;
  /** `provider/model` */
  model: string | null;
  provider: string | null;
  purpose: string | null;
}

/** A group and where it stands in the list. */
export interface ReportedGroup {
  group: UsageGroup;
  /** The values that it is grouped by, as one text that sorts. */
  place: string;
}

/** Column of the answer and what fills it. */
const DIMENSIONS: Record<UsageDimension, { name: string; value: string }> = {
  run: { name: 'run_id', value: 'run_id' },
  thread: { name: 'thread_id', value: 'thread_id' },
  user: { name: 'user_id', value: 'user_id' },
  agent: { name: 'agent', value: 'agent' },
  model: { name: 'model', value: `provider || '/' || model` },
  provider: { name: 'provider', value: 'provider' },
  purpose: { name: 'purpose', value: 'purpose' },
  day: { name: 'day', value: `to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')` },
};

const COUNTS = [
  'calls',
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'cached_input_tokens',
  'cache_write_input_tokens',
  'reasoning_tokens',
  'unpriced_calls',
  'estimated_calls',
] as const;

/** The calls are read once: the sums over all groups come from the groups. */
function reportBy(dimensions: readonly UsageDimension[]): Statement {
  const columns = dimensions.map((dimension) => DIMENSIONS[dimension]);
  const names = columns.map(({ name }) => name).join(', ');
  const named = columns.map(({ name, value }) => `${value} AS ${name}, `).join('');
  return {
    // Postgres tells names apart by their first 63 bytes.
    name: `usage-by-${dimensions.join('-')}`,
    text: `WITH calls AS (
        SELECT ${named}count(*) AS calls,
          sum(input_tokens) AS input_tokens,
          sum(output_tokens) AS output_tokens,
          sum(input_tokens) + sum(output_tokens) AS total_tokens,
          sum(cached_input_tokens) AS cached_input_tokens,
          sum(cache_write_input_tokens) AS cache_write_input_tokens,
          sum(reasoning_tokens) AS reasoning_tokens,
          sum(cost) AS cost,
          count(*) FILTER (WHERE cost IS NULL AND input_tokens + output_tokens > 0) AS unpriced_calls,
          count(*) FILTER (WHERE estimated) AS estimated_calls
        FROM usage_ledger
        WHERE tenant_id = $1 AND created_at >= $2::timestamptz AND created_at < $3::timestamptz
          AND ($4::uuid IS NULL OR run_id = $4) AND ($5::uuid IS NULL OR thread_id = $5)
          AND ($6::text IS NULL OR user_id = $6) AND ($7::text IS NULL OR agent = $7)
          AND ($8::text IS NULL OR provider || '/' || model = $8)
          AND ($9::text IS NULL OR provider = $9) AND ($10::text IS NULL OR purpose = $10)
        GROUP BY ${columns.map(({ value }) => value).join(', ')}
      ),
      groups AS (
        SELECT *, jsonb_build_array(${names})::text COLLATE "C" AS place FROM calls
      ),
      page AS (
        SELECT * FROM groups WHERE $11::text IS NULL OR place > $11 COLLATE "C" ORDER BY place LIMIT $12
      )
      SELECT (SELECT jsonb_agg(page ORDER BY place) FROM page) AS groups,
        (SELECT to_jsonb(sums) FROM (
          SELECT ${COUNTS.map((count) => `coalesce(sum(${count}), 0) AS ${count}`).join(', ')}, sum(cost) AS cost FROM calls
        ) AS sums) AS totals`,
  };
}

/**
 * What calls used and cost, in groups after the cursor, and in all. Dimensions, of which there must be one, are taken in the
 * order of USAGE_DIMENSIONS, whatever theirs is.
 */
export async function reportUsage(
  database: Queryable,
  filter: UsageFilter,
  { groupBy, after, limit }: { groupBy: readonly UsageDimension[]; after: string | null; limit: number },
): Promise<{ groups: ReportedGroup[]; totals: UsageSums }> {
  const dimensions = USAGE_DIMENSIONS.filter((dimension) => groupBy.includes(dimension));
  const [row] = await database.query<{ groups: (UsageGroup & { place: string })[] | null; totals: UsageSums }>(
    reportBy(dimensions),
    [
      filter.tenantId,
      filter.from,
      filter.to,
      filter.runId,
      filter.threadId,
      filter.userId,
      filter.agent,
      filter.model,
      filter.provider,
      filter.purpose,
      after,
      limit,
    ],
  );
  if (!row) throw new Error('A report returned no row.');
  return { groups: (row.groups ?? []).map(({ place, ...group }) => ({ group, place })), totals: row.totals };
}
