import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Thread } from '@troupe/contracts';
import { appendMessages, changeThread, createThread, Database, deleteThread, listMessages } from '@troupe/database';
import { type Caller, CurrentCaller } from '../../auth/caller.js';
import { fieldError, invalidRequest } from '../../errors/invalid-request.js';
import { ApiAnswered, ApiAsked } from '../api-openai.js';
import { readBody } from '../read-body.js';
import { conversationOfItems } from '../responses/response-conversation.js';
import { conversationIdOf } from '../responses/response-ids.js';
import { ResponseStore } from '../responses/response-store.js';
import { type ConversationItem, itemsOfMessage, messageOfItem } from './conversation-items.js';
import {
  changedConversationSchema,
  itemPageSchema,
  type NewConversation,
  newConversationSchema,
} from './conversation-request.js';
import { threadOfConversation } from './thread-of-conversation.js';

const ApiConversationId = (): MethodDecorator =>
  ApiParam({ name: 'conversation_id', description: '`conv_…`, its id.' });

/** Threads, as OpenAI's Conversations. What is said on them is asked of agents. */
@ApiTags('openai')
@Controller('v1/conversations')
export class ConversationsController {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(ResponseStore) private readonly responses: ResponseStore,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Begin a conversation',
    description: 'It is a thread: `conversation` of a response names it.',
  })
  @ApiAsked(newConversationSchema)
  @ApiAnswered('conversation', ['id', 'created_at', 'metadata'])
  async create(@CurrentCaller() { tenantId }: Caller, @Body() given: unknown): Promise<object> {
    const { items, metadata } = readBody(newConversationSchema, given ?? {});
    const said = await this.#saidBefore(tenantId, items);
    const names = { userId: null, externalId: null, title: null };
    const thread = await createThread(this.database, { tenantId, ...names, metadata: metadata ?? {} });
    const start = { tenantId, threadId: thread.id, headMessageId: null, userId: null };
    if (said.length > 0) await appendMessages(this.database, start, said);
    return conversationOf(thread);
  }

  @Get(':conversation_id')
  @ApiOperation({ summary: 'A conversation' })
  @ApiConversationId()
  @ApiAnswered('conversation', ['id', 'created_at', 'metadata'])
  async read(@CurrentCaller() { tenantId }: Caller, @Param('conversation_id') name: string): Promise<object> {
    return conversationOf(await threadOfConversation(this.database, tenantId, name));
  }

  @Post(':conversation_id')
  @HttpCode(200)
  @ApiOperation({ summary: "Change a conversation's metadata" })
  @ApiConversationId()
  @ApiAsked(changedConversationSchema)
  @ApiAnswered('conversation', ['id', 'created_at', 'metadata'])
  async change(
    @CurrentCaller() { tenantId }: Caller,
    @Param('conversation_id') name: string,
    @Body() given: unknown,
  ): Promise<object> {
    const { metadata } = readBody(changedConversationSchema, given);
    const { id: threadId } = await threadOfConversation(this.database, tenantId, name);
    const scope = { tenantId, threadId };
    return conversationOf(await changeThread(this.database, scope, { metadata: metadata ?? {} }));
  }

  @Delete(':conversation_id')
  @ApiOperation({ summary: 'Delete a conversation', description: 'With everything that was said, and its runs.' })
  @ApiConversationId()
  @ApiAnswered('conversation.deleted', ['id', 'deleted'])
  async remove(@CurrentCaller() { tenantId }: Caller, @Param('conversation_id') name: string): Promise<object> {
    const { id } = await threadOfConversation(this.database, tenantId, name);
    await deleteThread(this.database, tenantId, id);
    return { id: name, object: 'conversation.deleted', deleted: true };
  }

  @Get(':conversation_id/items')
  @ApiOperation({ summary: 'What was said and called', description: 'A page holds the items of `limit` messages.' })
  @ApiConversationId()
  @ApiQuery({ name: 'after', required: false, description: '`last_id` of the page before.' })
  @ApiQuery({ name: 'limit', required: false, description: 'Messages of the page, 1 to 100, by default 20.' })
  @ApiQuery({ name: 'order', required: false, enum: ['asc', 'desc'], description: 'Newest first unless `asc`.' })
  @ApiAnswered('list', ['data', 'has_more'])
  async listItems(
    @CurrentCaller() { tenantId }: Caller,
    @Param('conversation_id') name: string,
    @Query() query: unknown,
  ): Promise<object> {
    const { after, limit, order } = readBody(itemPageSchema, query);
    const { id: threadId } = await threadOfConversation(this.database, tenantId, name);
    const cursor = after === undefined ? null : messageOfItem(after);
    if (cursor === undefined) throw invalidRequest([fieldError(['after'], `after: "${after}" is no item's id.`)]);
    const page = { cursor, limit: limit + 1, order };
    const messages = await listMessages(this.database, { tenantId, threadId }, page);
    const data = messages.slice(0, limit).flatMap((message): ConversationItem[] => {
      const items = itemsOfMessage(message);
      return order === 'asc' ? items : items.toReversed();
    });
    const ends = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
    return { object: 'list', data, ...ends, has_more: messages.length > limit };
  }

  async #saidBefore(tenantId: string, items: NewConversation['items']) {
    if (!items || items.length === 0) return [];
    const { system, messages } = conversationOfItems(await this.responses.resolve(tenantId, items), null);
    if (messages.every(({ content }) => content.every(({ type }) => type !== 'tool_call'))) {
      const told =
        system === undefined ? [] : [{ role: 'system' as const, content: [{ type: 'text' as const, text: system }] }];
      return [...told, ...messages];
    }
    const message = 'items: a conversation begins with messages; calls and their results are made by its agent.';
    throw invalidRequest([fieldError(['items'], message)]);
  }
}

function conversationOf({ id, created_at, metadata }: Thread): object {
  const createdAt = Math.floor(Date.parse(created_at) / 1_000);
  return { id: conversationIdOf(id), object: 'conversation', created_at: createdAt, metadata };
}
