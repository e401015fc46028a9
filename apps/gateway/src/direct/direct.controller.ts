import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { type DirectResponse, TroupeError } from '@troupe/contracts';
import type { IdempotentRequest } from '@troupe/database';
import type { Logger } from '@troupe/observability';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { Admission } from '../backpressure/admission.js';
import { idempotentRequestOf } from '../idempotency/idempotency-of.js';
import { KeepsItsOwnKeys } from '../idempotency/keeps-its-own-keys.js';
import { REPLAYED_HEADERS } from '../idempotency/replayed.js';
import { ReservedAnswers } from '../idempotency/reserved-answers.js';
import { ApiDirectEvents } from '../openapi/api-event-stream.js';
import type { EventStream } from '../streaming/event-stream.js';
import { goneSignal } from '../streaming/gone-signal.js';
import { OpenStreams } from '../streaming/open-streams.js';
import { wantsEvents } from '../streaming/wants-events.js';
import { LOGGER } from '../tokens.js';
import { DirectDto, DirectMessageDto } from './direct.dto.js';
import { type DirectCall, DirectService } from './direct.service.js';
import { DirectAnswerDto } from './direct-answer.dto.js';
import { MessagesOrRequestPipe } from './messages-or-request.pipe.js';

@ApiTags('interact')
@ApiExtraModels(DirectDto, DirectMessageDto)
@Controller('api/llm')
export class DirectController {
  constructor(
    @Inject(DirectService) private readonly service: DirectService,
    @Inject(OpenStreams) private readonly streams: OpenStreams,
    @Inject(Admission) private readonly admission: Admission,
    @Inject(ReservedAnswers) private readonly answers: ReservedAnswers,
    @Inject(MessagesOrRequestPipe) private readonly bodies: MessagesOrRequestPipe,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Post('direct')
  @HttpCode(200)
  @ApiOperation({ summary: 'Call a provider without orchestration' })
  @ApiBody({
    schema: {
      oneOf: [{ type: 'array', items: { $ref: getSchemaPath(DirectMessageDto) } }, { $ref: getSchemaPath(DirectDto) }],
    },
  })
  @KeepsItsOwnKeys()
  @ApiDirectEvents(DirectAnswerDto)
  async direct(
    @CurrentCaller() caller: Caller,
    @Body() given: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = await this.bodies.transform(given);
    this.admission.enter();
    const keyed = idempotentRequestOf(request, caller.tenantId);
    // With a key the answer is for whoever comes back with it, so the call goes on when its caller leaves.
    const call = { caller, body, signal: keyed ? new AbortController().signal : goneSignal(reply) };
    if (body.stream ?? wantsEvents(request)) await this.#stream(call, keyed, reply);
    else await this.#answer(call, keyed, reply);
  }

  async #answer(call: DirectCall, keyed: IdempotentRequest | null, reply: FastifyReply): Promise<void> {
    const { value, replayed } = await this.answers.once(keyed, () => this.service.answer(call));
    await reply.headers(replayed ? REPLAYED_HEADERS : {}).send(value);
  }

  async #stream(call: DirectCall, keyed: IdempotentRequest | null, reply: FastifyReply): Promise<void> {
    let stream: EventStream | undefined;
    const { value, replayed } = await this.answers.once(keyed, () =>
      this.#sendPieces(call, () => {
        stream = this.streams.open(reply);
        return stream;
      }),
    );
    if (!value) return;
    const { message, ...ending } = value;
    stream ??= this.streams.open(reply, replayed ? REPLAYED_HEADERS : {});
    if (replayed) stream.send(frame('text.delta', { delta: message.content }));
    stream.end(frame('message.completed', ending));
  }

  /**
   * The head leaves with the first piece, so that a provider's refusal still has a status of its own. Undefined when the
   * answer broke off after that, which the stream says.
   */
  async #sendPieces(call: DirectCall, open: () => EventStream): Promise<DirectResponse | undefined> {
    const pieces = this.service.stream(call);
    let piece = await pieces.next();
    const stream = open();
    let content = '';
    try {
      while (!piece.done) {
        content += piece.value;
        stream.send(frame('text.delta', { delta: piece.value }));
        // A reader that is slow slows the provider down: there is no log to read the rest from.
        await stream.drained();
        piece = await pieces.next();
      }
      return { message: { role: 'assistant', content }, ...piece.value };
    } catch (error) {
      if (!call.signal.aborted) this.logger.warn({ err: error }, 'a direct call failed in mid-stream');
      stream.end(frame('error', TroupeError.bodyOf(error)));
      return undefined;
    }
  }
}

function frame(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}
