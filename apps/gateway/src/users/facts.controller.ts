import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { type Fact, type Page, TroupeError } from '@troupe/contracts';
import { Database, forgetFact, listFacts, setFact } from '@troupe/database';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { nameCursor } from '../input/cursors.js';
import { NamePipe } from '../input/name.pipe.js';
import { PageQueryDto, pageOf } from '../input/page-query.dto.js';
import { ApiPage } from '../openapi/api-page.js';
import { FactDto } from './fact.dto.js';
import { SetFactDto } from './set-fact.dto.js';

const userIdPipe = new NamePipe('user_id');
const keyPipe = new NamePipe('key');

@ApiTags('memory')
@Controller('api/users/:user_id/facts')
export class FactsController {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Get()
  @ApiOperation({ summary: 'What is remembered about a user, by key' })
  @ApiParam({ name: 'user_id', description: "The application's own id of the user." })
  @ApiPage(FactDto)
  list(
    @CurrentCaller() { tenantId }: Caller,
    @Param('user_id', userIdPipe) userId: string,
    @Query() query: PageQueryDto,
  ): Promise<Page<Fact>> {
    const after = nameCursor(query);
    return pageOf(
      query,
      (limit) => listFacts(this.database, { tenantId, userId }, { after, limit }),
      ({ key }) => key,
    );
  }

  @Put(':key')
  @ApiOperation({ summary: 'Remember a fact about a user', description: 'Replaces what the key held.' })
  @ApiParam({ name: 'user_id', description: "The application's own id of the user." })
  @ApiParam({ name: 'key', description: 'What the fact is about.', example: 'diet' })
  @ApiOkResponse({ type: FactDto })
  set(
    @CurrentCaller() { tenantId }: Caller,
    @Param('user_id', userIdPipe) userId: string,
    @Param('key', keyPipe) key: string,
    @Body() { value, category = null }: SetFactDto,
  ): Promise<Fact> {
    return setFact(this.database, { tenantId, userId }, { key, value, category });
  }

  @Delete(':key')
  @HttpCode(204)
  @ApiOperation({ summary: 'Forget a fact about a user' })
  @ApiParam({ name: 'user_id', description: "The application's own id of the user." })
  @ApiParam({ name: 'key', description: 'What the fact is about.', example: 'diet' })
  @ApiNoContentResponse({ description: 'It is forgotten.' })
  async forget(
    @CurrentCaller() { tenantId }: Caller,
    @Param('user_id', userIdPipe) userId: string,
    @Param('key', keyPipe) key: string,
  ): Promise<void> {
    if (await forgetFact(this.database, { tenantId, userId }, key)) return;
    const message = `Nothing is remembered about user "${userId}" under "${key}".`;
    throw new TroupeError({ code: 'not_found', fault: 'caller', message });
  }
}
