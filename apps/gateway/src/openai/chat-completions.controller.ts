import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { newId } from '@troupe/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { KeepsItsOwnKeys } from '../idempotency/keeps-its-own-keys.js';
import { AgentCompletions } from './agent-completions.js';
import { agentInput } from './agent-input.js';
import { agentOfModelId } from './agent-model-id.js';
import { AgentModels } from './agent-models.js';
import { ApiChatCompletion } from './api-openai.js';
import { chatForm } from './chat-form.js';
import { chatModelRequest } from './chat-model-request.js';
import { type ChatRequest, chatRequestSchema } from './chat-request.js';
import { conversationOf } from './conversation.js';
import { ModelCompletions } from './model-completions.js';
import { modelOfClient } from './model-of-client.js';
import { outputOfChat } from './output-of-chat.js';
import { readBody } from './read-body.js';
import { readRequestHeaders } from './request-headers.js';

const ENDPOINT = 'v1/chat/completions';

@ApiTags('openai')
@Controller(ENDPOINT)
export class ChatCompletionsController {
  constructor(
    @Inject(AgentModels) private readonly agentModels: AgentModels,
    @Inject(AgentCompletions) private readonly agents: AgentCompletions,
    @Inject(ModelCompletions) private readonly models: ModelCompletions,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Chat as with OpenAI',
    description:
      'With `agent/<slug>` as the model a run of that agent on a thread, with `provider/model` that model as it is. ' +
      'Fields of OpenAI that are not listed are ignored.',
  })
  @KeepsItsOwnKeys()
  @ApiChatCompletion()
  async complete(
    @CurrentCaller() caller: Caller,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const chat = readBody(chatRequestSchema, body);
    const agent = agentOfModelId(chat.model);
    if (agent === undefined) return this.#askModel(caller, chat, modelOfClient(chat.model), request, reply);
    if (readRequestHeaders(request).task === null) return this.#askAgent(caller, chat, agent, request, reply);
    const model = await this.agentModels.modelOf(caller.tenantId, agent);
    return this.#askModel(caller, chat, model, request, reply);
  }

  #askModel(
    caller: Caller,
    chat: ChatRequest,
    model: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const ask = {
      caller,
      model,
      request: chatModelRequest(chat, conversationOf(chat.messages)),
      stream: chat.stream ?? false,
      form: chatForm(newId(), chat),
    };
    return this.models.complete(ask, request, reply);
  }

  #askAgent(
    caller: Caller,
    chat: ChatRequest,
    agent: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const options = outputOfChat(chat);
    const { thread, userId, multitaskStrategy } = readRequestHeaders(request);
    const ask = {
      caller,
      agent,
      input: agentInput(chat, conversationOf(chat.messages), {
        onThread: thread !== null,
        said: { list: 'messages', length: chat.messages.length },
      }),
      options,
      userId: chat.user || userId,
      thread,
      multitaskStrategy,
      stream: chat.stream ?? false,
      endpoint: ENDPOINT,
      form: (runId: string) => chatForm(runId, chat),
    };
    return this.agents.complete(ask, request, reply);
  }
}
