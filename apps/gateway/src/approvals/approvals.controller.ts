import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Approval, Page } from '@troupe/contracts';
import { Database, listApprovals, readApproval } from '@troupe/database';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { idCursor } from '../input/cursors.js';
import { IdPipe } from '../input/id.pipe.js';
import { pageOf } from '../input/page-query.dto.js';
import { ApiPage } from '../openapi/api-page.js';
import { ApprovalDto } from './approval.dto.js';
import { ApprovalDecisionDto } from './approval-decision.dto.js';
import { ApprovalsService } from './approvals.service.js';
import { ApprovalsQueryDto } from './approvals-query.dto.js';

const approvalId = new IdPipe('approval');
const runId = new IdPipe('run');

const DECIDE = {
  summary: 'Decide on a call that waits, or answer a question',
  description:
    'Exactly one decision is taken: another one, or one that comes after the time or after the end of the run, is ' +
    'answered 409 `approval_decided` with what was decided. Of several that a run waits for each is decided by itself; ' +
    'the run goes on when all its calls have their results.',
};

@ApiTags('approvals')
@Controller('api')
export class ApprovalsController {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(ApprovalsService) private readonly approvals: ApprovalsService,
  ) {}

  @Get('approvals')
  @ApiOperation({
    summary: 'Calls that wait, or waited, for a person, across all threads; newest first',
    description: 'The inbox: `state=pending`.',
  })
  @ApiPage(ApprovalDto)
  list(@CurrentCaller() { tenantId }: Caller, @Query() query: ApprovalsQueryDto): Promise<Page<Approval>> {
    const { state = null, kind = null, user_id = null, agent = null, thread_id = null, run_id = null } = query;
    const filter = { tenantId, state, kind, userId: user_id, agent, threadId: thread_id, runId: run_id };
    const before = idCursor(query);
    return pageOf(
      query,
      (limit) => listApprovals(this.database, filter, { before, limit }),
      ({ id }) => id,
    );
  }

  @Get('approvals/:approval_id')
  @ApiOperation({ summary: 'A call that waits, or waited, for a person' })
  @ApiParam({ name: 'approval_id', format: 'uuid', description: 'The approval.' })
  @ApiOkResponse({ type: ApprovalDto })
  read(@CurrentCaller() { tenantId }: Caller, @Param('approval_id', approvalId) id: string): Promise<Approval> {
    return readApproval(this.database, tenantId, id);
  }

  @Post('approvals/:approval_id')
  @HttpCode(200)
  @ApiOperation(DECIDE)
  @ApiParam({ name: 'approval_id', format: 'uuid', description: 'The approval.' })
  @ApiOkResponse({ type: ApprovalDto, description: 'As it was decided.' })
  decide(
    @CurrentCaller() { tenantId }: Caller,
    @Param('approval_id', approvalId) id: string,
    @Body() body: ApprovalDecisionDto,
  ): Promise<Approval> {
    return this.approvals.decide(tenantId, id, null, body);
  }

  @Post('runs/:run_id/approvals/:approval_id')
  @HttpCode(200)
  @ApiOperation({ ...DECIDE, summary: `${DECIDE.summary}, of one run` })
  @ApiParam({ name: 'run_id', format: 'uuid', description: 'The run that waits.' })
  @ApiParam({ name: 'approval_id', format: 'uuid', description: 'The approval.' })
  @ApiOkResponse({ type: ApprovalDto, description: 'As it was decided.' })
  decideOfRun(
    @CurrentCaller() { tenantId }: Caller,
    @Param('run_id', runId) run: string,
    @Param('approval_id', approvalId) id: string,
    @Body() body: ApprovalDecisionDto,
  ): Promise<Approval> {
    return this.approvals.decide(tenantId, id, run, body);
  }
}
