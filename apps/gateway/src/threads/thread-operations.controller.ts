import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FoundMessage, Page, Thread, ThreadStats } from '@troupe/contracts';
import { Database, forkThread, searchMessages, setArchived, threadStats } from '@troupe/database';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { idCursor } from '../input/cursors.js';
import { IdPipe } from '../input/id.pipe.js';
import { pageOf } from '../input/page-query.dto.js';
import { ApiPage } from '../openapi/api-page.js';
import { ThreadDto } from './thread.dto.js';
import {
  BranchThreadDto,
  ForkThreadDto,
  FoundMessageDto,
  ThreadSearchQueryDto,
  ThreadStatsDto,
} from './thread-operations.dto.js';

const threadIdPipe = new IdPipe('thread');
const THREAD_ID = { name: 'thread_id', format: 'uuid', description: 'The thread.' };

const COPIED =
  'The copy has the user, the metadata with `forked_from: {thread_id, message_id}`, and messages with ids of their own; ' +
  'the thread itself stays as it is. Tool calls that are still waited for are not copied.';

@ApiTags('threads')
@Controller('api/threads')
export class ThreadOperationsController {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Get('search')
  @ApiOperation({
    summary: 'Search what people and agents said',
    description: 'Messages whose text holds all words, newest first, archived threads included.',
  })
  @ApiPage(FoundMessageDto)
  search(@CurrentCaller() { tenantId }: Caller, @Query() query: ThreadSearchQueryDto): Promise<Page<FoundMessage>> {
    const scope = { tenantId, userId: query.user_id ?? null };
    const wanted = { text: query.q, threadId: query.thread_id ?? null, before: idCursor(query) };
    return pageOf(
      query,
      (limit) => searchMessages(this.database, scope, { ...wanted, limit }),
      ({ message_id }) => message_id,
    );
  }

  @Get(':thread_id/stats')
  @ApiOperation({ summary: 'How large a thread is, and where it comes from' })
  @ApiParam(THREAD_ID)
  @ApiOkResponse({ type: ThreadStatsDto })
  stats(@CurrentCaller() { tenantId }: Caller, @Param('thread_id', threadIdPipe) id: string): Promise<ThreadStats> {
    return threadStats(this.database, { tenantId, userId: null }, id);
  }

  @Post(':thread_id/archive')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Archive a thread',
    description: 'It is in no list that does not ask for archived threads. It is read and continued as before.',
  })
  @ApiParam(THREAD_ID)
  @ApiOkResponse({ type: ThreadDto })
  archive(@CurrentCaller() { tenantId }: Caller, @Param('thread_id', threadIdPipe) id: string): Promise<Thread> {
    return setArchived(this.database, { tenantId, userId: null }, id, true);
  }

  @Post(':thread_id/unarchive')
  @HttpCode(200)
  @ApiOperation({ summary: 'Take a thread out of the archive' })
  @ApiParam(THREAD_ID)
  @ApiOkResponse({ type: ThreadDto })
  unarchive(@CurrentCaller() { tenantId }: Caller, @Param('thread_id', threadIdPipe) id: string): Promise<Thread> {
    return setArchived(this.database, { tenantId, userId: null }, id, false);
  }

  @Post(':thread_id/fork')
  @ApiOperation({ summary: 'Copy a thread into a new one, all of it or up to a message', description: COPIED })
  @ApiParam(THREAD_ID)
  @ApiCreatedResponse({ type: ThreadDto })
  fork(
    @CurrentCaller() { tenantId }: Caller,
    @Param('thread_id', threadIdPipe) threadId: string,
    @Body() { title, from_message_id }: ForkThreadDto,
  ): Promise<Thread> {
    const fork = { title, fromMessageId: from_message_id?.toLowerCase() };
    return forkThread(this.database, { tenantId, userId: null }, threadId, fork);
  }

  @Post(':thread_id/branch')
  @ApiOperation({
    summary: 'Go on from a message in a new thread',
    description: `A fork up to a message, to say something else from there. ${COPIED}`,
  })
  @ApiParam(THREAD_ID)
  @ApiCreatedResponse({ type: ThreadDto })
  branch(
    @CurrentCaller() { tenantId }: Caller,
    @Param('thread_id', threadIdPipe) threadId: string,
    @Body() { title, from_message_id }: BranchThreadDto,
  ): Promise<Thread> {
    const fork = { title, fromMessageId: from_message_id.toLowerCase() };
    return forkThread(this.database, { tenantId, userId: null }, threadId, fork);
  }
}
