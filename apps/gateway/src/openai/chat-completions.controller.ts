import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database, readAgent } from '@troupe/database';
import type { ModelCatalog } from '@troupe/spec';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { KeepsItsOwnKeys } from '../idempotency/keeps-its-own-keys.js';
import { MODELS } from '../tokens.js';
import { AgentCompletions } from './agent-completions.js';
import { agentOfModelId } from './agent-model-id.js';
import { ApiChatCompletion } from './api-openai.js';
import { chatRequestSchema } from './chat-request.js';
import { ModelCompletions } from './model-completions.js';
import { readBody } from './read-body.js';
import { readRequestHeaders } from './request-headers.js';

@ApiTags('openai')
@Controller('v1/chat/completions')
export class ChatCompletionsController {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(MODELS) private readonly models: ModelCatalog,
    @Inject(AgentCompletions) private readonly agents: AgentCompletions,
    @Inject(ModelCompletions) private readonly direct: ModelCompletions,
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
    if (agent === undefined) await this.direct.complete(caller, chat, chat.model, request, reply);
    else if (readRequestHeaders(request).task === null) await this.agents.complete(caller, chat, request, reply);
    else await this.direct.complete(caller, chat, await this.#modelOf(caller, agent), request, reply);
  }

  /** A title for a chat is no turn of it: the agent's model writes it, and no thread hears of it. */
  async #modelOf({ tenantId }: Caller, agent: string): Promise<string> {
    const { configuration } = await readAgent(this.database, tenantId, agent);
    return configuration.model ?? this.models.defaultModel;
  }
}
