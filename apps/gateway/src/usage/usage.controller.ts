import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { USAGE_DIMENSIONS, type UsageReport, type UsageSums } from '@troupe/contracts';
import { Database, reportUsage } from '@troupe/database';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { pageOf } from '../input/page-query.dto.js';
import { cursorOfPlace, placeOfCursor } from './usage-cursor.js';
import { UsageQueryDto } from './usage-query.dto.js';
import { usageRange } from './usage-range.js';
import { UsageReportDto } from './usage-report.dto.js';

@ApiTags('usage')
@Controller('api/usage')
export class UsageController {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Get()
  @ApiOperation({
    summary: 'What model calls used and cost',
    description:
      'Every call to a provider counts, also those that failed, that were tried again, and that wrote titles, summaries ' +
      'and facts. `cost` leaves out the calls of which nobody knows it; `unpriced_calls` says how many those are.',
  })
  @ApiOkResponse({ type: UsageReportDto })
  async report(@CurrentCaller() { tenantId }: Caller, @Query() query: UsageQueryDto): Promise<UsageReport> {
    const { group_by = ['day'] } = query;
    const groupBy = USAGE_DIMENSIONS.filter((dimension) => group_by.includes(dimension));
    const range = usageRange(query, Date.now());
    const filter = { tenantId, ...range, ...filterOf(query) };
    const after = placeOfCursor(query.cursor, groupBy.length);
    let totals: UsageSums | undefined;
    const { data, next_cursor } = await pageOf(
      query,
      async (limit) => {
        const report = await reportUsage(this.database, filter, { groupBy, after, limit });
        totals = report.totals;
        return report.groups;
      },
      ({ place }) => cursorOfPlace(place),
    );
    if (!totals) throw new Error('A report has no sums.');
    return { ...range, group_by: groupBy, data: data.map(({ group }) => group), next_cursor, totals };
  }
}

function filterOf(query: UsageQueryDto) {
  return {
    runId: query.run_id ?? null,
    threadId: query.thread_id ?? null,
    userId: query.user_id ?? null,
    agent: query.agent ?? null,
    model: query.model ?? null,
    provider: query.provider ?? null,
    purpose: query.purpose ?? null,
  };
}
