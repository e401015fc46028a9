import { Controller, Get, Headers, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { type EventId, LOG_START, type Page, parseEventId, type RunResult, type RunStep } from '@troupe/contracts';
import { Database, listSteps, readRun } from '@troupe/database';
import type { FastifyReply } from 'fastify';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';
import { IdPipe } from '../input/id.pipe.js';
import { ApiRunEvents } from '../openapi/api-event-stream.js';
import { ApiPage } from '../openapi/api-page.js';
import { OpenStreams } from '../streaming/open-streams.js';
import { RunResultDto } from './run.dto.js';
import { RunService } from './run-service.js';
import { RunStepDto } from './step.dto.js';

const runId = new IdPipe('run');

@ApiTags('runs')
@Controller('api/runs')
export class RunsController {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(RunService) private readonly runs: RunService,
    @Inject(OpenStreams) private readonly streams: OpenStreams,
  ) {}

  @Get(':run_id')
  @ApiOperation({ summary: 'A run, and its answer once it has one' })
  @ApiParam({ name: 'run_id', format: 'uuid', description: 'The run.' })
  @ApiOkResponse({ type: RunResultDto })
  read(@CurrentCaller() caller: Caller, @Param('run_id', runId) id: string): Promise<RunResult> {
    return readRun(this.database, caller.tenantId, id);
  }

  @Get(':run_id/events')
  @ApiOperation({
    summary: "A run's events: live, after a reconnect, or after the end",
    description:
      'Server-sent events. `Last-Event-ID` or `after` names the last event the reader has; one that lies beyond the log ' +
      'gets what comes after it, and the end. After RUN_EVENTS_HOURS the log is gone: `stream.reset` tells what it came to.',
  })
  @ApiParam({ name: 'run_id', format: 'uuid', description: 'The run.' })
  @ApiQuery({ name: 'after', required: false, description: 'An event id, `<attempt>-<n>`.' })
  @ApiRunEvents()
  async events(
    @CurrentCaller() caller: Caller,
    @Param('run_id', runId) id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Query('after') after: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const cursor = cursorOf(lastEventId, after);
    const { run } = await readRun(this.database, caller.tenantId, id);
    const stream = this.streams.open(reply, { 'x-run-id': run.id, 'x-thread-id': run.thread_id });
    this.runs.follow(run.id, stream, cursor);
  }

  @Get(':run_id/steps')
  @ApiOperation({ summary: 'The committed steps of a run: model turns and tool rounds with their calls' })
  @ApiParam({ name: 'run_id', format: 'uuid', description: 'The run.' })
  @ApiPage(RunStepDto)
  async steps(@CurrentCaller() caller: Caller, @Param('run_id', runId) id: string): Promise<Page<RunStep>> {
    await readRun(this.database, caller.tenantId, id);
    return { data: await listSteps(this.database, caller.tenantId, id), next_cursor: null };
  }
}

function cursorOf(lastEventId: string | undefined, after: string | undefined): EventId {
  const [field, text] = lastEventId !== undefined ? ['Last-Event-ID', lastEventId] : ['after', after];
  if (text === undefined || text === '') return LOG_START;
  const id = parseEventId(text);
  if (id) return id;
  throw invalidRequest([fieldError([String(field)], `${field} must be an event id such as 1-57.`)]);
}
