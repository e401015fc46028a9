import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Put, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Agent, Page } from '@troupe/contracts';
import { Database, deleteAgent, listAgents, listAgentVersions, readAgent } from '@troupe/database';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { nameCursor, numberCursor } from '../input/cursors.js';
import { NamePipe } from '../input/name.pipe.js';
import { PageQueryDto, pageOf } from '../input/page-query.dto.js';
import { ApiPage } from '../openapi/api-page.js';
import { AgentDto } from './agent.dto.js';
import { agentView } from './agent-view.js';
import { AgentConfigurationDto, ChangeAgentDto, CreateAgentDto } from './agents.dto.js';
import { AgentsService } from './agents.service.js';

const agentPipe = new NamePipe('agent');

@ApiTags('agents')
@Controller('api/agents')
export class AgentsController {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(AgentsService) private readonly agents: AgentsService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Agents, by slug' })
  @ApiPage(AgentDto)
  list(@CurrentCaller() { tenantId }: Caller, @Query() query: PageQueryDto): Promise<Page<Agent>> {
    const after = nameCursor(query);
    return pageOf(
      query,
      async (limit) => (await listAgents(this.database, tenantId, { after, limit })).map(agentView),
      ({ slug }) => slug,
    );
  }

  @Post()
  @ApiOperation({ summary: 'Create an agent, from a persona (`persona_id`) or from a configuration of its own' })
  @ApiCreatedResponse({ type: AgentDto })
  async create(@CurrentCaller() { tenantId }: Caller, @Body() body: CreateAgentDto): Promise<Agent> {
    return agentView(await this.agents.create(tenantId, body));
  }

  @Get(':agent')
  @ApiOperation({ summary: 'The current version of an agent' })
  @ApiParam({ name: 'agent', description: 'Slug or id.' })
  @ApiOkResponse({ type: AgentDto })
  async read(@CurrentCaller() { tenantId }: Caller, @Param('agent', agentPipe) agent: string): Promise<Agent> {
    return agentView(await readAgent(this.database, tenantId, agent));
  }

  @Patch(':agent')
  @ApiOperation({ summary: 'Make a version with some fields changed', description: 'Runs under way keep theirs.' })
  @ApiParam({ name: 'agent', description: 'Slug or id.' })
  @ApiOkResponse({ type: AgentDto, description: 'The new version.' })
  async change(
    @CurrentCaller() { tenantId }: Caller,
    @Param('agent', agentPipe) agent: string,
    @Body() body: ChangeAgentDto,
  ): Promise<Agent> {
    return agentView(await this.agents.change(tenantId, agent, body));
  }

  @Put(':agent')
  @ApiOperation({
    summary: 'Make a version that replaces the configuration',
    description: 'Runs under way keep theirs.',
  })
  @ApiParam({ name: 'agent', description: 'Slug or id.' })
  @ApiOkResponse({ type: AgentDto, description: 'The new version.' })
  async replace(
    @CurrentCaller() { tenantId }: Caller,
    @Param('agent', agentPipe) agent: string,
    @Body() body: AgentConfigurationDto,
  ): Promise<Agent> {
    return agentView(await this.agents.replace(tenantId, agent, body));
  }

  @Delete(':agent')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete an agent', description: 'Its slug is free again; its threads and runs stay.' })
  @ApiParam({ name: 'agent', description: 'Slug or id.' })
  @ApiNoContentResponse({ description: 'It is deleted.' })
  remove(@CurrentCaller() { tenantId }: Caller, @Param('agent', agentPipe) agent: string): Promise<void> {
    return deleteAgent(this.database, tenantId, agent);
  }

  @Get(':agent/versions')
  @ApiOperation({ summary: 'The versions of an agent, newest first' })
  @ApiParam({ name: 'agent', description: 'Slug or id.' })
  @ApiPage(AgentDto)
  async versions(
    @CurrentCaller() { tenantId }: Caller,
    @Param('agent', agentPipe) agent: string,
    @Query() query: PageQueryDto,
  ): Promise<Page<Agent>> {
    const before = numberCursor(query);
    const { id: agentId } = await readAgent(this.database, tenantId, agent);
    const scope = { tenantId, agentId };
    return pageOf(
      query,
      async (limit) => (await listAgentVersions(this.database, scope, { before, limit })).map(agentView),
      ({ version }) => String(version),
    );
  }
}
