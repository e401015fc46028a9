import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '@troupe/database';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';
import { idempotencyOf } from '../idempotency/idempotency-of.js';
import { KeepsItsOwnKeys } from '../idempotency/keeps-its-own-keys.js';
import { REPLAYED_HEADERS } from '../idempotency/replayed.js';
import { ApiRunEvents } from '../openapi/api-event-stream.js';
import { completedAnswer } from '../runs/run-answers.js';
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
  @ApiRunEvents(InteractAnswerDto)
  @ApiAcceptedResponse({ type: AcceptedRunDto, description: 'With `background`: `Location` is the run.' })
  async interact(
    @CurrentCaller() caller: Caller,
    @Body() body: InteractDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (body.tier) await checkTier(this.database, this.defaultAgent, caller, { ...body, tier: body.tier });
    const run = runRequest(caller, body, request);
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
      await reply.send(completedAnswer(result));
    }
  }
}

function runRequest(caller: Caller, body: InteractDto, request: FastifyRequest): RunRequest {
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
      ...(body.tier && { tier: body.tier }),
      ...(body.fallback_models && { fallback_models: body.fallback_models }),
      ...(body.background && { background: true }),
    },
    idempotency: idempotencyOf(request, 'interact'),
  };
}
