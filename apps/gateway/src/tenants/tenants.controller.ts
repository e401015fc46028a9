import { Body, Controller, Get, Inject, Param, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Page, Tenant } from '@troupe/contracts';
import { changeTenant, Database, listTenants, readTenant } from '@troupe/database';
import { Allow } from '../auth/access.js';
import { idCursor } from '../input/cursors.js';
import { IdPipe } from '../input/id.pipe.js';
import { PageQueryDto, pageOf } from '../input/page-query.dto.js';
import { ApiPage } from '../openapi/api-page.js';
import { ChangeTenantDto, TenantDto } from './tenant.dto.js';

const tenantId = new IdPipe('tenant');
const OPERATOR = 'Needs an admin key of the first tenant: a share is taken from all others.';

/** Who shares the installation, and in what proportion. */
@ApiTags('limits')
@Controller('api/tenants')
export class TenantsController {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Get()
  @Allow('operator')
  @ApiOperation({ summary: 'Tenants with their shares, newest first', description: OPERATOR })
  @ApiPage(TenantDto)
  list(@Query() query: PageQueryDto): Promise<Page<Tenant>> {
    const before = idCursor(query);
    return pageOf(
      query,
      (limit) => listTenants(this.database, { before, limit }),
      ({ id }) => id,
    );
  }

  @Get(':tenant_id')
  @Allow('operator')
  @ApiOperation({ summary: 'A tenant with its share', description: OPERATOR })
  @ApiParam({ name: 'tenant_id', format: 'uuid', description: 'The tenant.' })
  @ApiOkResponse({ type: TenantDto })
  read(@Param('tenant_id', tenantId) id: string): Promise<Tenant> {
    return readTenant(this.database, id);
  }

  @Put(':tenant_id')
  @Allow('operator')
  @ApiOperation({
    summary: 'Change the share of a tenant',
    description: `It counts for runs that are accepted or ask for a limit from ten seconds later on. ${OPERATOR}`,
  })
  @ApiParam({ name: 'tenant_id', format: 'uuid', description: 'The tenant.' })
  @ApiOkResponse({ type: TenantDto })
  change(@Param('tenant_id', tenantId) id: string, @Body() body: ChangeTenantDto): Promise<Tenant> {
    return changeTenant(this.database, id, body);
  }
}
