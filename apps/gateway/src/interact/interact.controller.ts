import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiExtraModels, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { Database, findAnsweringAgent } from '@troupe/database';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { waitsForPeople } from '../approvals/asks-people.js';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';
import { idempotencyOf } from '../idempotency/idempotency-of.js';
import { KeepsItsOwnKeys } from '../idempotency/keeps-its-own-keys.js';
import { REPLAYED_HEADERS } from '../idempotency/replayed.js';
import { ApiRunEvents } from '../openapi/api-event-stream.js';
import { checkOutput, checkToolUse, namesTools } from '../run-settings/check-run-settings.js';
import { type RunSettings, runSettings } from '../run-settings/run-settings.js';
import { answerSoFar } from '../runs/run-answers.js';
import type { RunRequest } from '../runs/run-request.js';
import { RunService } from '../runs/run-service.js';
import { goneSignal } from '../streaming/gone-signal.js';
import { OpenStreams } from '../streaming/open-streams.js';
import { wantsEvents } from '../streaming/wants-events.js';
import { DEFAULT_AGENT } from '../tokens.js';
import { checkTier } from './check-tier.js';
import { InteractDto } from './interact.dto.js';
import { AcceptedRunDto, InteractAnswerDto } from './interact-answer.dto.js';

@ApiTags('interact')
@Controller('api/llm')
export class InteractController {
  constructor(
    @Inject(RunService) private readonly runs: RunService,
    @Inject(OpenStreams) private readonly streams: OpenStreams,
    @Inject(Database) private readonly database: Database,
    @Inject(DEFAULT_AGENT) private readonly defaultAgent: string,
  ) {}

  @Post('interact')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Send a message to a persona',
    description: 'Waits for the answer, streams it (`stream`), or leaves it to the background (`background`).',
  })
  @KeepsItsOwnKeys()
  @ApiExtraModels(AcceptedRunDto)
  @ApiRunEvents(InteractAnswerDto)
  @ApiAcceptedResponse({
    description:
      'With `background`. Without it: the run waits for people, and goes on by itself when they have decided on all of ' +
      '`approvals`. `Location` is the run.',
    schema: { anyOf: [{ $ref: getSchemaPath(AcceptedRunDto) }, { $ref: getSchemaPath(InteractAnswerDto) }] },
  })
  async interact(
    @CurrentCaller() caller: Caller,
    @Body() body: InteractDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (body.tier) await checkTier(this.database, this.defaultAgent, caller, { ...body, tier: body.tier });
    const settings = runSettings(body);
    checkOutput(settings);
    if (namesTools(settings)) await this.#checkTools(caller, body, settings);
    const run = runRequest(caller, body, settings, request);
    if (body.background) {
      if (body.stream) throw invalidRequest([fieldError(['stream'], 'stream and background exclude each other.')]);
      const { accepted, replayed } = await this.runs.accept(run);
      if (replayed) reply.headers(REPLAYED_HEADERS);
      await reply.status(202).header('location', `/api/runs/${accepted.run_id}`).send(accepted);
    } else if (body.stream ?? wantsEvents(request)) {
      await this.runs.stream(run, ({ runId, threadId, replayed }) => {
        const ids = { 'x-run-id': runId, 'x-thread-id': threadId };
        return this.streams.open(reply, { ...ids, ...(replayed && REPLAYED_HEADERS) });
      });
    } else {
      const { result, replayed } = await this.runs.wait(run, goneSignal(reply));
      if (replayed) reply.headers(REPLAYED_HEADERS);
      if (waitsForPeople(result)) reply.status(202).header('location', `/api/runs/${result.run.id}`);
      await reply.send(answerSoFar(result));
    }
  }

  /** An agent that is not there is told of when the run is stored. */
  async #checkTools(
    { tenantId }: Caller,
    { persona_id, thread_id }: InteractDto,
    settings: RunSettings,
  ): Promise<void> {
    const asked = { agent: persona_id ?? null, threadId: thread_id ?? null, defaultAgent: this.defaultAgent };
    const agent = await findAnsweringAgent(this.database, tenantId, asked);
    if (agent) checkToolUse(settings, agent.configuration);
  }
}

function runRequest(caller: Caller, body: InteractDto, settings: RunSettings, request: FastifyRequest): RunRequest {
  return {
    caller,
    content: [{ type: 'text', text: body.message }],
    userId: body.user_id ?? null,
    // A field of null is an absent one.
    thread: body.thread_id ? { type: 'id', id: body.thread_id } : { type: 'new' },
    agent: body.persona_id ?? null,
    model: body.model ?? null,
    multitaskStrategy: body.multitask_strategy ?? 'reject',
    options: {
      ...settings,
      ...(body.tier && { tier: body.tier }),
      ...(body.fallback_models && { fallback_models: body.fallback_models }),
      ...(body.permission_mode && { permission_mode: body.permission_mode }),
      ...(body.background && { background: true }),
    },
    idempotency: idempotencyOf(request, 'interact'),
  };
}
