import { Readable } from 'node:stream';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { Batch, Page } from '@troupe/contracts';
import { answerOnce, Database, type NewStoredBatch } from '@troupe/database';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { Admission } from '../backpressure/admission.js';
import { idempotentRequestOf } from '../idempotency/idempotency-of.js';
import { KeepsItsOwnKeys } from '../idempotency/keeps-its-own-keys.js';
import { REPLAYED_HEADERS } from '../idempotency/replayed.js';
import { idCursor, numberCursor } from '../input/cursors.js';
import { IdPipe } from '../input/id.pipe.js';
import { PageQueryDto, pageOf } from '../input/page-query.dto.js';
import { ApiPage } from '../openapi/api-page.js';
import { BatchDto, BatchItemResultDto } from './batch.dto.js';
import { BatchesService } from './batches.service.js';
import { CreateBatchDto } from './create-batch.dto.js';

const batchId = new IdPipe('batch');
const JSON_LINES = 'application/jsonl';

/** Many requests to one model that may take a day, at a lower price. */
@ApiTags('batches')
@Controller('api/llm/batches')
export class BatchesController {
  constructor(
    @Inject(BatchesService) private readonly service: BatchesService,
    @Inject(Database) private readonly database: Database,
    @Inject(Admission) private readonly admission: Admission,
  ) {}

  @Post()
  @HttpCode(202)
  @KeepsItsOwnKeys()
  @ApiOperation({
    summary: 'Send many requests that may take a day, at a lower price',
    description:
      'The provider answers within 24 hours, at about half the price; limits on calls do not count them. Items are ' +
      'checked as the provider will take them, and refused by name. Send an Idempotency-Key: a batch that is sent ' +
      'twice without one is paid twice.',
  })
  @ApiAcceptedResponse({ type: BatchDto, description: '`Location` is the batch.' })
  async create(
    @CurrentCaller() caller: Caller,
    @Body() body: CreateBatchDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Batch> {
    this.admission.enter();
    const keyed = idempotentRequestOf(request, caller.tenantId);
    // Checked before the transaction of the key begins, since many items take a while.
    const checked = await this.service.prepare(caller, body);
    const { batch, replayed } = keyed ? await this.#storeOnce(keyed, checked) : await this.#store(checked);
    if (replayed) reply.headers(REPLAYED_HEADERS);
    reply.header('location', `/api/llm/batches/${batch.id}`);
    return batch;
  }

  @Get()
  @ApiOperation({ summary: 'Batches and how far they are, newest first' })
  @ApiPage(BatchDto)
  list(@CurrentCaller() { tenantId }: Caller, @Query() query: PageQueryDto): Promise<Page<Batch>> {
    const before = idCursor(query);
    return pageOf(
      query,
      (limit) => this.service.list(tenantId, { before, limit }),
      ({ id }) => id,
    );
  }

  @Get(':batch_id')
  @ApiOperation({ summary: 'A batch and how far it is' })
  @ApiParam({ name: 'batch_id', format: 'uuid', description: 'The batch.' })
  @ApiOkResponse({ type: BatchDto })
  read(@CurrentCaller() { tenantId }: Caller, @Param('batch_id', batchId) id: string): Promise<Batch> {
    return this.service.read(tenantId, id);
  }

  @Get(':batch_id/results')
  @ApiOperation({
    summary: 'What became of the items, in the order in which they were given',
    description:
      'A page, or with `Accept: application/jsonl` all items behind the cursor, one a line. Items without a result are ' +
      '`pending`; as many lines as the batch has items were all of them.',
  })
  @ApiParam({ name: 'batch_id', format: 'uuid', description: 'The batch.' })
  @ApiExtraModels(BatchItemResultDto)
  @ApiOkResponse({
    description: 'The items.',
    content: {
      'application/json': {
        schema: {
          type: 'object',
          required: ['data', 'next_cursor'],
          properties: {
            data: {
              type: 'array',
              items: { $ref: getSchemaPath(BatchItemResultDto) },
              description: 'The entries of this page.',
            },
            next_cursor: { type: ['string', 'null'], description: '`cursor` of the next page; null on the last.' },
          },
        },
      },
      [JSON_LINES]: { schema: { type: 'string', description: 'One item a line.' } },
    },
  })
  async results(
    @CurrentCaller() { tenantId }: Caller,
    @Param('batch_id', batchId) id: string,
    @Query() query: PageQueryDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!wantsLines(request)) {
      await reply.send(await this.service.results(tenantId, id, query));
      return;
    }
    numberCursor(query);
    await this.service.read(tenantId, id);
    await reply.type(JSON_LINES).send(Readable.from(this.service.lines(tenantId, id, query)));
  }

  @Post(':batch_id/cancel')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Ask for the end of a batch',
    description:
      'One that was not sent yet ends at once. Any other ends with its provider, which may take minutes; until then ' +
      '`cancel_requested` is true. What was answered before is kept, and paid. A batch that has ended stays as it is.',
  })
  @ApiParam({ name: 'batch_id', format: 'uuid', description: 'The batch.' })
  @ApiOkResponse({ type: BatchDto })
  cancel(@CurrentCaller() { tenantId }: Caller, @Param('batch_id', batchId) id: string): Promise<Batch> {
    return this.service.cancel(tenantId, id);
  }

  async #store(checked: NewStoredBatch): Promise<{ batch: Batch; replayed: boolean }> {
    return { batch: await this.service.store(checked), replayed: false };
  }

  async #storeOnce(
    keyed: NonNullable<ReturnType<typeof idempotentRequestOf>>,
    checked: NewStoredBatch,
  ): Promise<{ batch: Batch; replayed: boolean }> {
    const { answer, replayed } = await answerOnce(this.database, keyed, async () => {
      const batch = await this.service.store(checked);
      return { status: 202, location: `/api/llm/batches/${batch.id}`, body: JSON.stringify(batch) };
    });
    return { batch: JSON.parse(answer.body ?? '') as Batch, replayed };
  }
}

function wantsLines({ headers }: FastifyRequest): boolean {
  return /application\/(jsonl|x-ndjson|x-jsonlines)/.test(headers.accept ?? '');
}
