import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, CurrentCaller } from '../../auth/caller.js';
import { fieldError, invalidRequest } from '../../errors/invalid-request.js';
import { KeepsItsOwnKeys } from '../../idempotency/keeps-its-own-keys.js';
import { RunControl } from '../../runs/run-control.js';
import { agentOfModelId } from '../agent-model-id.js';
import { AgentModels } from '../agent-models.js';
import { ApiAnswered, ApiResponse } from '../api-openai.js';
import { modelOfClient } from '../model-of-client.js';
import { readBody } from '../read-body.js';
import { readRequestHeaders } from '../request-headers.js';
import type { ResponseBody } from './response-body.js';
import { itemIdOf, readResponseId } from './response-ids.js';
import { responseRequestSchema } from './response-request.js';
import { ResponseStore } from './response-store.js';
import { ResponsesService } from './responses.service.js';
import { responseOfRun } from './run-response.js';

const ApiResponseId = (): MethodDecorator => ApiParam({ name: 'response_id', description: '`resp_…`, its id.' });

@ApiTags('openai')
@Controller('v1/responses')
export class ResponsesController {
  constructor(
    @Inject(ResponsesService) private readonly responses: ResponsesService,
    @Inject(ResponseStore) private readonly store: ResponseStore,
    @Inject(AgentModels) private readonly agentModels: AgentModels,
    @Inject(RunControl) private readonly runs: RunControl,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: "Ask as with OpenAI's Responses",
    description:
      'With `agent/<slug>` as the model a run of that agent on a thread, with `provider/model` that model as it is. ' +
      'Fields of OpenAI that are not listed are ignored.',
  })
  @KeepsItsOwnKeys()
  @ApiResponse()
  async create(
    @CurrentCaller() caller: Caller,
    @Body() given: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = readBody(responseRequestSchema, given);
    const agent = agentOfModelId(body.model);
    if (agent === undefined) return this.responses.askModel(caller, body, modelOfClient(body.model), request, reply);
    if (readRequestHeaders(request).task === null) return this.responses.askAgent(caller, body, agent, request, reply);
    const model = await this.agentModels.modelOf(caller.tenantId, agent);
    return this.responses.askModel(caller, body, model, request, reply);
  }

  @Get(':response_id')
  @ApiOperation({
    summary: 'A response',
    description:
      "An agent's while it works and after, a model's for 30 days. Its stream is at `/api/runs/{run_id}/events`.",
  })
  @ApiResponseId()
  @ApiAnswered('response', ['id', 'status', 'output'])
  read(
    @CurrentCaller() { tenantId }: Caller,
    @Param('response_id') name: string,
    @Req() { query }: FastifyRequest<{ Querystring: { stream?: string } }>,
  ): Promise<ResponseBody> {
    if (query.stream === 'true') {
      const message =
        'stream: a response is read as it stands. Its events, to come back to, are at /api/runs/{run_id}/events.';
      throw invalidRequest([fieldError(['stream'], message)]);
    }
    return this.store.read(tenantId, name);
  }

  @Get(':response_id/input_items')
  @ApiOperation({
    summary: "What a model's request said anew",
    description: "An agent's are the messages of its thread.",
  })
  @ApiResponseId()
  @ApiAnswered('list', ['data', 'has_more'])
  async readInput(@CurrentCaller() { tenantId }: Caller, @Param('response_id') name: string): Promise<object> {
    const items = await this.store.readInput(tenantId, name);
    const id = readResponseId(name) ?? '';
    // Newest first, as OpenAI lists them.
    const data = items.map((item, index) => ({ id: `${itemIdOf('msg', id, index)}_in`, ...item })).toReversed();
    return { object: 'list', data, first_id: data[0]?.id, last_id: data.at(-1)?.id, has_more: false };
  }

  @Post(':response_id/cancel')
  @HttpCode(200)
  @ApiOperation({ summary: "Cancel an agent's run" })
  @ApiResponseId()
  @ApiAnswered('response', ['id', 'status', 'output'])
  async cancel(@CurrentCaller() { tenantId }: Caller, @Param('response_id') name: string): Promise<ResponseBody> {
    const response = await this.store.read(tenantId, name);
    if (response.conversation === null) {
      const message = 'Only a response of an agent can be cancelled. A call of a model ends when its client leaves.';
      throw invalidRequest([fieldError(['response_id'], message)]);
    }
    return responseOfRun(await this.runs.cancel(tenantId, readResponseId(name) ?? ''));
  }

  @Delete(':response_id')
  @ApiOperation({ summary: "Delete a model's response", description: "An agent's goes with its thread." })
  @ApiResponseId()
  @ApiAnswered('response', ['id', 'deleted'])
  async remove(@CurrentCaller() { tenantId }: Caller, @Param('response_id') name: string): Promise<object> {
    await this.store.delete(tenantId, name);
    return { id: name, object: 'response', deleted: true };
  }
}
