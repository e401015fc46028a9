import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Limit } from '@troupe/contracts';
import { Allow } from '../auth/access.js';
import { LimitDto, LimitListDto, LimitUsageListDto } from './limit.dto.js';
import { LimitKeyDto } from './limit-key.dto.js';
import { LimitUsages } from './limit-usages.js';
import { LimitsService } from './limits.service.js';
import { SetLimitDto } from './set-limit.dto.js';

const OPERATOR = "Needs an admin key of the first tenant: provider accounts are the installation's.";

/** What providers allow. The accounts with providers are the installation's, so limits belong to no tenant. */
@ApiTags('limits')
@Controller('api/limits')
export class LimitsController {
  constructor(
    @Inject(LimitsService) private readonly limits: LimitsService,
    @Inject(LimitUsages) private readonly usages: LimitUsages,
  ) {}

  @Get()
  @Allow('operator')
  @ApiOperation({
    summary: 'The limits, with where they were set',
    description:
      'Of the limits that fit a call the most specific one counts, alone: a name before the longest pattern before `*`; ' +
      `then one of the account; then by source: api, file, environment. ${OPERATOR}`,
  })
  @ApiOkResponse({ type: LimitListDto })
  async list(): Promise<LimitListDto> {
    return { data: [...(await this.limits.list())] };
  }

  @Put()
  @Allow('operator')
  @ApiOperation({
    summary: 'Set a limit',
    description: `Replaces all numbers of its key. Every process keeps it within seconds. ${OPERATOR}`,
  })
  @ApiOkResponse({ type: LimitDto })
  set(@Body() body: SetLimitDto): Promise<Limit> {
    return this.limits.set(body);
  }

  @Delete()
  @HttpCode(204)
  @Allow('operator')
  @ApiOperation({
    summary: 'Remove a limit that was set by API',
    description: `One with the same key from the file or the environment holds again. ${OPERATOR}`,
  })
  @ApiNoContentResponse({ description: 'It is removed.' })
  remove(@Query() key: LimitKeyDto): Promise<void> {
    return this.limits.remove(key);
  }

  @Get('state')
  @Allow('operator')
  @ApiOperation({
    summary: 'What is left of each limit, and who waits',
    description: `Counted over all processes. ${OPERATOR}`,
  })
  @ApiOkResponse({ type: LimitUsageListDto })
  async state(): Promise<LimitUsageListDto> {
    return { data: await this.usages.list() };
  }

  @Post('forgive')
  @HttpCode(200)
  @Allow('operator')
  @ApiOperation({
    summary: 'Lift the pause that a provider asked for',
    description: `For when you know better, such as after the provider raised your limits. ${OPERATOR}`,
  })
  @ApiOkResponse({ type: LimitUsageListDto, description: 'How full the limits are that it concerns.' })
  async forgive(@Body() body: LimitKeyDto): Promise<LimitUsageListDto> {
    return { data: await this.usages.forgive(await this.limits.checkedKey(body)) };
  }
}
