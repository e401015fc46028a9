import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Budget, Page } from '@troupe/contracts';
import { changeBudget, createBudget, Database, deleteBudget, listBudgets, readBudget } from '@troupe/database';
import { Allow } from '../auth/access.js';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { idCursor } from '../input/cursors.js';
import { IdPipe } from '../input/id.pipe.js';
import { PageQueryDto, pageOf } from '../input/page-query.dto.js';
import { ApiPage } from '../openapi/api-page.js';
import { BudgetDto } from './budget.dto.js';
import { ChangeBudgetDto, CreateBudgetDto } from './budgets.dto.js';
import { checkedBudget } from './checked-budget.js';

const budgetId = new IdPipe('budget');
const ADMIN = 'Needs an admin key.';

/** What calls of a tenant, a user, an agent or a key may cost. */
@ApiTags('usage')
@Controller('api/budgets')
export class BudgetsController {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Get()
  @Allow('admin')
  @ApiOperation({ summary: 'Budgets with what is left of them, newest first', description: ADMIN })
  @ApiPage(BudgetDto)
  list(@CurrentCaller() { tenantId }: Caller, @Query() query: PageQueryDto): Promise<Page<Budget>> {
    const before = idCursor(query);
    return pageOf(
      query,
      (limit) => listBudgets(this.database, tenantId, { before, limit }),
      ({ id }) => id,
    );
  }

  @Post()
  @Allow('admin')
  @ApiOperation({
    summary: 'Set what calls of a period may cost',
    description:
      'It binds within seconds. Calls that were made before do not count against it. All budgets of a call must have ' +
      `enough left, or it is refused with \`budget_exceeded\`. ${ADMIN}`,
  })
  @ApiCreatedResponse({ type: BudgetDto })
  create(@CurrentCaller() { tenantId }: Caller, @Body() body: CreateBudgetDto): Promise<Budget> {
    return createBudget(this.database, tenantId, checkedBudget(body));
  }

  @Get(':budget_id')
  @Allow('admin')
  @ApiOperation({ summary: 'A budget with what is left of it', description: ADMIN })
  @ApiParam({ name: 'budget_id', format: 'uuid', description: 'The budget.' })
  @ApiOkResponse({ type: BudgetDto })
  read(@CurrentCaller() { tenantId }: Caller, @Param('budget_id', budgetId) id: string): Promise<Budget> {
    return readBudget(this.database, tenantId, id);
  }

  @Patch(':budget_id')
  @Allow('admin')
  @ApiOperation({
    summary: 'Change the limit of a budget, or what becomes of calls without a price',
    description: `What was spent stays spent. ${ADMIN}`,
  })
  @ApiParam({ name: 'budget_id', format: 'uuid', description: 'The budget.' })
  @ApiOkResponse({ type: BudgetDto })
  change(
    @CurrentCaller() { tenantId }: Caller,
    @Param('budget_id', budgetId) id: string,
    @Body() body: ChangeBudgetDto,
  ): Promise<Budget> {
    return changeBudget(this.database, { tenantId, id }, body);
  }

  @Delete(':budget_id')
  @HttpCode(204)
  @Allow('admin')
  @ApiOperation({ summary: 'Delete a budget', description: ADMIN })
  @ApiParam({ name: 'budget_id', format: 'uuid', description: 'The budget.' })
  @ApiNoContentResponse({ description: 'It is deleted.' })
  remove(@CurrentCaller() { tenantId }: Caller, @Param('budget_id', budgetId) id: string): Promise<void> {
    return deleteBudget(this.database, { tenantId, id });
  }
}
