import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Chat, Page, Thread } from '@troupe/contracts';
import {
  changeThread,
  clearThread,
  createThread,
  Database,
  deleteThread,
  listThreads,
  readConversation,
  readThread,
} from '@troupe/database';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { idCursor } from '../input/cursors.js';
import { IdPipe } from '../input/id.pipe.js';
import { pageOf } from '../input/page-query.dto.js';
import { ApiPage } from '../openapi/api-page.js';
import { ThreadsQueryDto } from '../threads/threads.dto.js';
import { ChatDto } from './chat.dto.js';
import { ChangeChatDto, CreateChatDto } from './chats.dto.js';

const chatIdPipe = new IdPipe('chat');

/** Threads as plain lists of role and text. An empty chat has `[]`; a list of chats has null, as it reads no messages. */
@ApiTags('chats')
@Controller('api/chats')
export class ChatsController {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Post()
  @ApiOperation({ summary: 'Create a chat', description: 'Its `chat_id` is the `session_id` of agent runs.' })
  @ApiCreatedResponse({ type: ChatDto })
  async create(@CurrentCaller() { tenantId }: Caller, @Body() body: CreateChatDto): Promise<Chat> {
    const thread = await createThread(this.database, {
      tenantId,
      userId: body.user_id ?? null,
      externalId: null,
      title: body.title ?? null,
      metadata: {},
    });
    return chatOf(thread, []);
  }

  @Get()
  @ApiOperation({
    summary: 'Chats, newest first',
    description: '`conversation` is null here: read a chat for its messages.',
  })
  @ApiPage(ChatDto)
  list(@CurrentCaller() { tenantId }: Caller, @Query() query: ThreadsQueryDto): Promise<Page<Chat>> {
    const scope = { tenantId, userId: query.user_id ?? null };
    const page = { archived: query.archived ?? false, before: idCursor(query) };
    return pageOf(
      query,
      async (limit) => {
        const threads = await listThreads(this.database, scope, { ...page, limit });
        return threads.map((thread) => chatOf(thread, null));
      },
      ({ chat_id }) => chat_id,
    );
  }

  @Get(':chat_id')
  @ApiOperation({ summary: 'A chat with what was said, oldest first' })
  @ApiParam({ name: 'chat_id', format: 'uuid', description: 'The chat.' })
  @ApiOkResponse({ type: ChatDto })
  async read(@CurrentCaller() { tenantId }: Caller, @Param('chat_id', chatIdPipe) id: string): Promise<Chat> {
    const thread = await readThread(this.database, tenantId, id);
    return chatOf(thread, await readConversation(this.database, tenantId, id));
  }

  @Put(':chat_id')
  @ApiOperation({
    summary: "Change a chat's title, or empty it",
    description: '`conversation: null` deletes the messages and the summary. Absent fields stay as they are.',
  })
  @ApiParam({ name: 'chat_id', format: 'uuid', description: 'The chat.' })
  @ApiOkResponse({ type: ChatDto })
  async change(
    @CurrentCaller() { tenantId }: Caller,
    @Param('chat_id', chatIdPipe) threadId: string,
    @Body() { title, conversation }: ChangeChatDto,
  ): Promise<Chat> {
    // Emptied first: a busy chat refuses that, and then nothing has changed.
    let thread =
      conversation === null
        ? await clearThread(this.database, tenantId, threadId)
        : await readThread(this.database, tenantId, threadId);
    if (title !== undefined) thread = await changeThread(this.database, { tenantId, threadId }, { title });
    return chatOf(thread, await readConversation(this.database, tenantId, threadId));
  }

  @Delete(':chat_id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a chat with its messages and runs' })
  @ApiParam({ name: 'chat_id', format: 'uuid', description: 'The chat.' })
  @ApiNoContentResponse({ description: 'It is deleted.' })
  remove(@CurrentCaller() { tenantId }: Caller, @Param('chat_id', chatIdPipe) id: string): Promise<void> {
    return deleteThread(this.database, tenantId, id);
  }
}

function chatOf(thread: Thread, conversation: Chat['conversation']): Chat {
  return {
    chat_id: thread.id,
    user_id: thread.user_id,
    conversation,
    title: thread.title,
    created_at: thread.created_at,
    updated_at: thread.updated_at,
  };
}
