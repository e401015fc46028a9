import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOperation, ApiProduces, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { TroupeError } from '@troupe/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { OpenStreams } from '../streaming/open-streams.js';
import { DirectDto, DirectMessageDto } from './direct.dto.js';
import { DirectService } from './direct.service.js';
import { MessagesOrRequestPipe } from './messages-or-request.pipe.js';

@ApiTags('interact')
@ApiExtraModels(DirectDto, DirectMessageDto)
@Controller('api/llm')
export class DirectController {
  constructor(
    @Inject(DirectService) private readonly service: DirectService,
    @Inject(OpenStreams) private readonly streams: OpenStreams,
    @Inject(MessagesOrRequestPipe) private readonly bodies: MessagesOrRequestPipe,
  ) {}

  @Post('direct')
  @HttpCode(200)
  @ApiOperation({ summary: 'Call a provider without orchestration' })
  @ApiBody({
    schema: {
      oneOf: [{ type: 'array', items: { $ref: getSchemaPath(DirectMessageDto) } }, { $ref: getSchemaPath(DirectDto) }],
    },
  })
  @ApiProduces('application/json', 'text/event-stream')
  async direct(
    @CurrentCaller() caller: Caller,
    @Body() given: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = await this.bodies.transform(given);
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const call = { caller, body, signal: gone.signal };
    if (!body.stream) {
      await reply.send(await this.service.answer(call));
      return;
    }
    const start = this.service.stream(call);
    const stream = this.streams.open(reply);
    try {
      const ending = await start((delta) => stream.send(frame('text.delta', { delta })));
      stream.end(frame('message.completed', ending));
    } catch (error) {
      if (!gone.signal.aborted) request.log.warn({ err: error }, 'a direct call failed');
      stream.end(frame('error', TroupeError.bodyOf(error)));
    }
  }
}

function frame(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}
