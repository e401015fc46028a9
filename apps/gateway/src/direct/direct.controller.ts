import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { TroupeError } from '@troupe/contracts';
import type { Logger } from '@troupe/observability';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { ApiDirectEvents } from '../openapi/api-event-stream.js';
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
  @ApiDirectEvents(DirectAnswerDto)
  async direct(
    @CurrentCaller() caller: Caller,
    @Body() given: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = await this.bodies.transform(given);
    const call = { caller, body, signal: goneSignal(reply) };
    if (body.stream ?? wantsEvents(request)) await this.#stream(call, reply);
    else await reply.send(await this.service.answer(call));
  }

  /** The head leaves with the first piece, so that a provider's refusal still has a status of its own. */
  async #stream(call: DirectCall, reply: FastifyReply): Promise<void> {
    const pieces = this.service.stream(call);
    let piece = await pieces.next();
    const stream = this.streams.open(reply);
    try {
      while (!piece.done) {
        stream.send(frame('text.delta', { delta: piece.value }));
        // A reader that is slow slows the provider down: there is no log to read the rest from.
        await stream.drained();
        piece = await pieces.next();
      }
      stream.end(frame('message.completed', piece.value));
    } catch (error) {
      if (!call.signal.aborted) {
        this.logger.warn({ err: error, request_id: reply.request.id }, 'a direct call failed in mid-stream');
      }
      stream.end(frame('error', TroupeError.bodyOf(error)));
    }
  }
}

function frame(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}
