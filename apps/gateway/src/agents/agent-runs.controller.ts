import { Body, Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { isId } from '@troupe/contracts';
import { Database, readAgent, type ThreadChoice } from '@troupe/database';
import type { ModelCatalog } from '@troupe/spec';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { idempotencyOf } from '../idempotency/idempotency-of.js';
import { KeepsItsOwnKeys } from '../idempotency/keeps-its-own-keys.js';
import { REPLAYED_HEADERS } from '../idempotency/replayed.js';
import { NamePipe } from '../input/name.pipe.js';
import { ApiRunEvents } from '../openapi/api-event-stream.js';
import { checkOutput, checkToolUse } from '../run-settings/check-run-settings.js';
import { runSettings } from '../run-settings/run-settings.js';
import { answerSoFar } from '../runs/run-answers.js';
import type { RunRequest } from '../runs/run-request.js';
import { RunService } from '../runs/run-service.js';
import { goneSignal } from '../streaming/gone-signal.js';
import { OpenStreams } from '../streaming/open-streams.js';
import { MODELS } from '../tokens.js';
import { AgentInfoDto } from './agent-info.dto.js';
import { agentInfo } from './agent-info.js';
import { AgentRunAnswerDto, AgentRunDto } from './agent-run.dto.js';

const agentPipe = new NamePipe('agent');

@ApiTags('agents')
@Controller('api/agents/:agent')
export class AgentRunsController {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(RunService) private readonly runs: RunService,
    @Inject(OpenStreams) private readonly streams: OpenStreams,
    @Inject(MODELS) private readonly models: ModelCatalog,
  ) {}

  @Get('info')
  @ApiOperation({ summary: 'What an agent is, and where to run it' })
  @ApiParam({ name: 'agent', description: 'Slug or id.' })
  @ApiOkResponse({ type: AgentInfoDto })
  async info(@CurrentCaller() { tenantId }: Caller, @Param('agent', agentPipe) agent: string): Promise<AgentInfoDto> {
    return agentInfo(await readAgent(this.database, tenantId, agent), this.models.defaultModel);
  }

  @Post('run')
  @HttpCode(200)
  @ApiOperation({ summary: 'Run an agent and wait for its answer' })
  @ApiParam({ name: 'agent', description: 'Slug or id.' })
  @KeepsItsOwnKeys()
  @ApiOkResponse({ type: AgentRunAnswerDto })
  @ApiAcceptedResponse({ type: AgentRunAnswerDto, description: 'The run waits for people; `Location` is the run.' })
  async run(
    @CurrentCaller() caller: Caller,
    @Param('agent', agentPipe) agent: string,
    @Body() body: AgentRunDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AgentRunAnswerDto> {
    const run = await this.#runRequest(caller, agent, body, request);
    const { result, replayed } = await this.runs.wait(run, goneSignal(reply));
    if (replayed) reply.headers(REPLAYED_HEADERS);
    const { response, output, thread_id, run_id, status, approvals } = answerSoFar(result);
    if (approvals) reply.status(202).header('location', `/api/runs/${run_id}`);
    return {
      final_output: response,
      ...(output !== undefined && { output }),
      success: status === 'completed',
      session_id: body.session_id ?? thread_id,
      run_id,
      ...(approvals && { approvals }),
    };
  }

  @Post('stream')
  @HttpCode(200)
  @ApiOperation({ summary: "Run an agent and follow the run's events" })
  @ApiParam({ name: 'agent', description: 'Slug or id.' })
  @KeepsItsOwnKeys()
  @ApiRunEvents()
  async stream(
    @CurrentCaller() caller: Caller,
    @Param('agent', agentPipe) agent: string,
    @Body() body: AgentRunDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const run = await this.#runRequest(caller, agent, body, request);
    await this.runs.stream(run, ({ runId, threadId, replayed }) => {
      const ids = { 'x-run-id': runId, 'x-thread-id': threadId };
      return this.streams.open(reply, { ...ids, ...(replayed && REPLAYED_HEADERS) });
    });
  }

  /** Reads the agent first: a session of a new name must not be made for an agent that does not exist. */
  async #runRequest(
    caller: Caller,
    agent: string,
    { input, session_id, user_id, permission_mode, multitask_strategy, ...settingsOf }: AgentRunDto,
    request: FastifyRequest,
  ): Promise<RunRequest> {
    const settings = runSettings(settingsOf);
    checkOutput(settings);
    const { slug, configuration } = await readAgent(this.database, caller.tenantId, agent);
    checkToolUse(settings, configuration);
    return {
      caller,
      content: [{ type: 'text', text: input }],
      userId: user_id ?? null,
      thread: threadOf(session_id),
      agent: slug,
      model: null,
      multitaskStrategy: multitask_strategy ?? 'reject',
      options: { ...settings, ...(permission_mode && { permission_mode }) },
      idempotency: idempotencyOf(request, `agents/${slug}`),
    };
  }
}

/** A field of null is an absent one. */
function threadOf(sessionId: string | null | undefined): ThreadChoice {
  if (!sessionId) return { type: 'new' };
  return isId(sessionId) ? { type: 'id', id: sessionId } : { type: 'external_id', externalId: sessionId };
}
