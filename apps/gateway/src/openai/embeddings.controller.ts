import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { Admission } from '../backpressure/admission.js';
import { idempotentRequestOf } from '../idempotency/idempotency-of.js';
import { KeepsItsOwnKeys } from '../idempotency/keeps-its-own-keys.js';
import { REPLAYED_HEADERS } from '../idempotency/replayed.js';
import { ReservedAnswers } from '../idempotency/reserved-answers.js';
import { goneSignal } from '../streaming/gone-signal.js';
import { ApiEmbeddings } from './api-openai.js';
import { embeddingRequestSchema } from './embedding-request.js';
import { Embeddings } from './embeddings.js';
import { readBody } from './read-body.js';

@ApiTags('openai')
@Controller('v1/embeddings')
export class EmbeddingsController {
  constructor(
    @Inject(Embeddings) private readonly embeddings: Embeddings,
    @Inject(Admission) private readonly admission: Admission,
    @Inject(ReservedAnswers) private readonly answers: ReservedAnswers,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Texts as vectors' })
  @KeepsItsOwnKeys()
  @ApiEmbeddings()
  async embed(
    @CurrentCaller() caller: Caller,
    @Body() given: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = readBody(embeddingRequestSchema, given);
    this.admission.enter();
    const keyed = idempotentRequestOf(request, caller.tenantId);
    const signal = keyed ? new AbortController().signal : goneSignal(reply);
    const { value, replayed } = await this.answers.once(keyed, () => this.embeddings.embed(caller, body, signal));
    await reply.headers(replayed ? REPLAYED_HEADERS : {}).send(value);
  }
}
