import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Message, Page, Run, Thread } from '@troupe/contracts';
import {
  changeThread,
  createThread,
  Database,
  deleteThread,
  listMessages,
  listThreadRuns,
  listThreads,
  readThread,
} from '@troupe/database';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { idCursor } from '../input/cursors.js';
import { IdPipe } from '../input/id.pipe.js';
import { PageQueryDto, pageOf } from '../input/page-query.dto.js';
import { ApiPage } from '../openapi/api-page.js';
import { RunDto } from '../runs/run.dto.js';
import { MessageDto } from './message.dto.js';
import { ThreadDto } from './thread.dto.js';
import { ChangeThreadDto, CreateThreadDto, MessagesQueryDto, ThreadsQueryDto } from './threads.dto.js';

const threadIdPipe = new IdPipe('thread');

@ApiTags('threads')
@Controller('api/threads')
export class ThreadsController {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Post()
  @ApiOperation({ summary: 'Create a thread' })
  @ApiCreatedResponse({ type: ThreadDto })
  create(@CurrentCaller() { tenantId }: Caller, @Body() body: CreateThreadDto): Promise<Thread> {
    return createThread(this.database, {
      tenantId,
      userId: body.user_id ?? null,
      externalId: body.external_id ?? null,
      title: body.title ?? null,
      metadata: body.metadata ?? {},
    });
  }

  @Get()
  @ApiOperation({ summary: 'Threads, newest first; archived ones only when asked for' })
  @ApiPage(ThreadDto)
  list(@CurrentCaller() { tenantId }: Caller, @Query() query: ThreadsQueryDto): Promise<Page<Thread>> {
    const scope = { tenantId, userId: query.user_id ?? null };
    const page = { archived: query.archived ?? false, before: idCursor(query) };
    return pageOf(
      query,
      (limit) => listThreads(this.database, scope, { ...page, limit }),
      ({ id }) => id,
    );
  }

  @Get(':thread_id')
  @ApiOperation({ summary: 'A thread' })
  @ApiParam({ name: 'thread_id', format: 'uuid', description: 'The thread.' })
  @ApiOkResponse({ type: ThreadDto })
  read(@CurrentCaller() { tenantId }: Caller, @Param('thread_id', threadIdPipe) id: string): Promise<Thread> {
    return readThread(this.database, tenantId, id);
  }

  @Patch(':thread_id')
  @ApiOperation({ summary: "Change a thread's title or metadata", description: 'Absent fields stay as they are.' })
  @ApiParam({ name: 'thread_id', format: 'uuid', description: 'The thread.' })
  @ApiOkResponse({ type: ThreadDto })
  change(
    @CurrentCaller() { tenantId }: Caller,
    @Param('thread_id', threadIdPipe) threadId: string,
    @Body() { title, metadata }: ChangeThreadDto,
  ): Promise<Thread> {
    const change = {
      ...(title !== undefined && { title }),
      ...(metadata !== undefined && { metadata: metadata ?? {} }),
    };
    return changeThread(this.database, { tenantId, threadId }, change);
  }

  @Delete(':thread_id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a thread with its messages and runs' })
  @ApiParam({ name: 'thread_id', format: 'uuid', description: 'The thread.' })
  @ApiNoContentResponse({ description: 'It is deleted.' })
  remove(@CurrentCaller() { tenantId }: Caller, @Param('thread_id', threadIdPipe) id: string): Promise<void> {
    return deleteThread(this.database, tenantId, id);
  }

  @Get(':thread_id/messages')
  @ApiOperation({ summary: 'The messages of a thread, alternatives included' })
  @ApiParam({ name: 'thread_id', format: 'uuid', description: 'The thread.' })
  @ApiPage(MessageDto)
  async messages(
    @CurrentCaller() { tenantId }: Caller,
    @Param('thread_id', threadIdPipe) threadId: string,
    @Query() query: MessagesQueryDto,
  ): Promise<Page<Message>> {
    const cursor = idCursor(query);
    await readThread(this.database, tenantId, threadId);
    const order = query.order ?? 'asc';
    return pageOf(
      query,
      (limit) => listMessages(this.database, { tenantId, threadId }, { cursor, limit, order }),
      ({ id }) => id,
    );
  }

  @Get(':thread_id/runs')
  @ApiOperation({ summary: 'The runs of a thread, newest first' })
  @ApiParam({ name: 'thread_id', format: 'uuid', description: 'The thread.' })
  @ApiPage(RunDto)
  async runs(
    @CurrentCaller() { tenantId }: Caller,
    @Param('thread_id', threadIdPipe) threadId: string,
    @Query() query: PageQueryDto,
  ): Promise<Page<Run>> {
    const before = idCursor(query);
    await readThread(this.database, tenantId, threadId);
    return pageOf(
      query,
      (limit) => listThreadRuns(this.database, { tenantId, threadId }, { before, limit }),
      ({ id }) => id,
    );
  }
}
