import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Page, Run } from '@troupe/contracts';
import { Database, listRuns } from '@troupe/database';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { idCursor } from '../input/cursors.js';
import { pageOf } from '../input/page-query.dto.js';
import { ApiPage } from '../openapi/api-page.js';
import { RunDto } from './run.dto.js';
import { RunsQueryDto } from './runs-query.dto.js';

@ApiTags('runs')
@Controller('api/runs')
export class RunListController {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Get()
  @ApiOperation({
    summary: 'Runs, newest first',
    description: 'Runs that kept crashing their workers: `status=failed&stop_reason=poisoned`; each can be replayed.',
  })
  @ApiPage(RunDto)
  list(@CurrentCaller() { tenantId }: Caller, @Query() query: RunsQueryDto): Promise<Page<Run>> {
    const { status = null, stop_reason: stopReason = null, agent = null } = query;
    const before = idCursor(query);
    return pageOf(
      query,
      (limit) => listRuns(this.database, { tenantId, status, stopReason, agent }, { before, limit }),
      ({ id }) => id,
    );
  }
}
