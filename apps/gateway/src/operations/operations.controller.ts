import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Metrics } from '@troupe/observability';
import type { FastifyReply } from 'fastify';
import { Allow } from '../auth/access.js';
import { METRICS } from '../tokens.js';
import { LivenessDto, ReadinessDto } from './operations.dto.js';
import { Readiness } from './readiness.js';
import { version } from './version.js';

@ApiTags('operations')
@Controller()
export class OperationsController {
  constructor(
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  @Get('livez')
  @Allow('public')
  @ApiOperation({ summary: 'Whether the process turns, and its version', security: [] })
  @ApiOkResponse({ type: LivenessDto })
  live(): LivenessDto {
    return { status: 'ok', version };
  }

  @Get('readyz')
  @Allow('public')
  @ApiOperation({
    summary: 'Whether the process should be sent requests',
    description:
      'Answers 503 while Postgres is away or the process stops. Without Redis work goes on, so it stays 200.',
    security: [],
  })
  @ApiQuery({ name: 'verbose', required: false, allowEmptyValue: true, description: 'Present: list each check.' })
  @ApiOkResponse({ type: ReadinessDto })
  async ready(
    @Query('verbose') verbose: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReadinessDto> {
    const { ready, checks } = await this.readiness.report();
    reply.status(ready ? 200 : 503).header('cache-control', 'no-store');
    return { status: ready ? 'ok' : 'unavailable', ...(verbose !== undefined && { version, checks }) };
  }

  @Get('metrics')
  @Allow('operator-or-loopback')
  @ApiOperation({ summary: "Counters of this process in Prometheus' text format" })
  @ApiProduces('text/plain')
  @ApiOkResponse({ description: 'One line a series.', schema: { type: 'string' } })
  async render(@Res() reply: FastifyReply): Promise<void> {
    const text = await this.metrics.render();
    await reply.header('content-type', this.metrics.contentType).send(text);
  }
}
