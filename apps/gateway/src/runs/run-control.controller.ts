import { Body, Controller, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { type AcceptedRun, isTerminal, type RunResult } from '@troupe/contracts';
import type { FastifyReply } from 'fastify';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { IdPipe } from '../input/id.pipe.js';
import { AcceptedRunDto } from '../interact/interact-answer.dto.js';
import { ReplayRunDto } from './replay-run.dto.js';
import { RunResultDto } from './run.dto.js';
import { RunControl } from './run-control.js';

const runId = new IdPipe('run');

@ApiTags('runs')
@Controller('api/runs')
export class RunControlController {
  constructor(@Inject(RunControl) private readonly control: RunControl) {}

  @Post(':run_id/cancel')
  @ApiOperation({
    summary: 'Cancel a run',
    description: 'Answers 202 while a worker is still to stop it. A run that has ended stays as it is.',
  })
  @ApiParam({ name: 'run_id', format: 'uuid', description: 'The run.' })
  @ApiOkResponse({ type: RunResultDto, description: 'The run has ended.' })
  @ApiAcceptedResponse({ type: RunResultDto, description: 'Its worker will end it within seconds.' })
  async cancel(
    @CurrentCaller() { tenantId }: Caller,
    @Param('run_id', runId) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RunResult> {
    const result = await this.control.cancel(tenantId, id);
    reply.status(isTerminal(result.run.status) ? 200 : 202);
    return result;
  }

  @Post(':run_id/pause')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Let a run rest',
    description:
      'It starts no model turn and no tool call until it is resumed; what is under way ends first. While it rests it is ' +
      '`waiting` with `wait_kind` `pause`, and its deadline stands still. Pausing again changes nothing.',
  })
  @ApiParam({ name: 'run_id', format: 'uuid', description: 'The run.' })
  @ApiOkResponse({ type: RunResultDto })
  pause(@CurrentCaller() { tenantId }: Caller, @Param('run_id', runId) id: string): Promise<RunResult> {
    return this.control.pause(tenantId, id);
  }

  @Post(':run_id/resume')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Let a paused run go on',
    description: 'Its deadline moves by the time that it rested. A run that is not paused stays as it is.',
  })
  @ApiParam({ name: 'run_id', format: 'uuid', description: 'The run.' })
  @ApiOkResponse({ type: RunResultDto })
  resume(@CurrentCaller() { tenantId }: Caller, @Param('run_id', runId) id: string): Promise<RunResult> {
    return this.control.resume(tenantId, id);
  }

  @Post(':run_id/replay')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Run the input of a run again that ended without an answer',
    description:
      'Makes a new run on the same thread: its message stands beside the old one, and the thread goes on from there. The ' +
      'agent is taken as it is now. The old run stays as it ended.',
  })
  @ApiParam({ name: 'run_id', format: 'uuid', description: 'A run that failed, expired or was cancelled.' })
  @ApiAcceptedResponse({ type: AcceptedRunDto, description: '`Location` is the new run.' })
  async replay(
    @CurrentCaller() { tenantId }: Caller,
    @Param('run_id', runId) id: string,
    @Body() body: ReplayRunDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedRun> {
    const accepted = await this.control.replay(tenantId, id, body.model ?? null);
    reply.header('location', `/api/runs/${accepted.run_id}`);
    return accepted;
  }
}
