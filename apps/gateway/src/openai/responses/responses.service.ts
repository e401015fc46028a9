import { Inject, Injectable } from '@nestjs/common';
import { newId } from '@troupe/contracts';
import { Database } from '@troupe/database';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../../auth/caller.js';
import { fieldError, invalidRequest } from '../../errors/invalid-request.js';
import { type AgentAsk, AgentCompletions } from '../agent-completions.js';
import { agentInput } from '../agent-input.js';
import { chatModelRequest } from '../chat-model-request.js';
import { isConversationId, threadOfConversation } from '../conversations/thread-of-conversation.js';
import { ModelCompletions } from '../model-completions.js';
import { outputOfChat } from '../output-of-chat.js';
import { readRequestHeaders } from '../request-headers.js';
import { beginResponse, type ResponseBody } from './response-body.js';
import { conversationOfItems } from './response-conversation.js';
import { responseForm } from './response-form.js';
import type { ResponseRequest } from './response-request.js';
import { settingsOfResponse } from './response-settings.js';
import { ResponseStore } from './response-store.js';

const ENDPOINT = 'v1/responses';

/** Asks models and agents in the words of OpenAI's Responses. */
@Injectable()
export class ResponsesService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(AgentCompletions) private readonly agents: AgentCompletions,
    @Inject(ModelCompletions) private readonly models: ModelCompletions,
    @Inject(ResponseStore) private readonly store: ResponseStore,
  ) {}

  /** @param model `provider/model` of the one that answers */
  async askModel(
    caller: Caller,
    body: ResponseRequest,
    model: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    refuseAgentOnly(body);
    const { tenantId } = caller;
    const input = await this.store.resolve(tenantId, itemsOf(body));
    const name = body.previous_response_id;
    const previous = name ? await this.store.conversationOf(tenantId, name) : undefined;
    const conversation = conversationOfItems([...(previous?.items ?? []), ...input], body.instructions);
    const id = newId();
    const asked = { previousId: previous?.id ?? null, input };
    const ask = {
      caller,
      model,
      request: chatModelRequest(settingsOfResponse(body), conversation),
      stream: body.stream ?? false,
      form: responseForm(id, beginResponse(id, body)),
      ...(body.store !== false && {
        keep: (response: ResponseBody) => this.store.keep(tenantId, id, asked, response),
      }),
    };
    await this.models.complete(ask, request, reply);
  }

  /** @param agent slug or id */
  async askAgent(
    caller: Caller,
    body: ResponseRequest,
    agent: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const ask = await this.#agentAsk(caller, body, agent, request);
    if (!body.background || body.stream) return this.agents.complete(ask, request, reply);
    const { run_id, thread_id } = await this.agents.begin(ask, request, reply);
    await reply.send({ ...beginResponse(run_id, body, thread_id), status: 'queued' });
  }

  async #agentAsk(
    caller: Caller,
    body: ResponseRequest,
    agent: string,
    request: FastifyRequest,
  ): Promise<AgentAsk<ResponseBody>> {
    const settings = settingsOfResponse(body);
    const output = outputOfChat(settings);
    const { userId, multitaskStrategy, thread: named } = readRequestHeaders(request);
    const thread = (await this.#threadOf(caller, body)) ?? named;
    const items = await this.store.resolve(caller.tenantId, itemsOf(body));
    const conversation = conversationOfItems(items, body.instructions);
    return {
      caller,
      agent,
      input: agentInput(settings, conversation, {
        onThread: thread !== null,
        said: { list: 'input', length: items.length },
      }),
      options: body.background ? { ...output, background: true } : output,
      userId: body.user || userId,
      thread,
      multitaskStrategy,
      stream: body.stream ?? false,
      endpoint: ENDPOINT,
      form: (runId, threadId) => responseForm(runId, beginResponse(runId, body, threadId)),
    };
  }

  async #threadOf({ tenantId }: Caller, body: ResponseRequest): Promise<string | null> {
    const { previous_response_id: previous, conversation } = body;
    const name = typeof conversation === 'string' ? conversation : conversation?.id;
    if (previous && name !== undefined) {
      const message = 'conversation: name a conversation or a previous_response_id, not both.';
      throw invalidRequest([fieldError(['conversation'], message)]);
    }
    if (previous) return this.store.threadOf(tenantId, previous);
    if (name === undefined || !isConversationId(name)) return name ?? null;
    return (await threadOfConversation(this.database, tenantId, name)).id;
  }
}

function itemsOf({ input }: ResponseRequest): Exclude<ResponseRequest['input'], string> {
  return typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input;
}

/** An answer must not look as if they had been minded. */
function refuseAgentOnly({ background, conversation }: ResponseRequest): void {
  const refuse = (field: string, why: string) => {
    return invalidRequest([fieldError([field], `${field}: ${why} Ask for an agent, as in "agent/assistant".`)]);
  };
  if (background) throw refuse('background', 'a model as it is answers at once, and nobody else works on it.');
  if (!conversation) return;
  throw refuse('conversation', 'models as they are go on with previous_response_id, and keep no conversations.');
}
