import { Controller, Get, Inject, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { cleanText, parseModelId } from '@troupe/contracts';
import { Database, listAgents, readAgent, type StoredAgent } from '@troupe/database';
import type { ModelCatalog } from '@troupe/spec';
import type { FastifyRequest } from 'fastify';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { MODELS } from '../tokens.js';
import { agentModelId, agentOfModelId } from './agent-model-id.js';
import { modelOfClient } from './model-of-client.js';
import { OpenAiModelDto, OpenAiModelListDto } from './openai.dto.js';

/** Agents that are read at once. */
const PAGE = 200;

/** Everything that may stand in `model`. */
@ApiTags('openai')
@Controller('v1/models')
export class OpenAiModelsController {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(MODELS) private readonly models: ModelCatalog,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Agents and models, as OpenAI lists models' })
  @ApiOkResponse({ type: OpenAiModelListDto })
  async list(@CurrentCaller() { tenantId }: Caller): Promise<OpenAiModelListDto> {
    const [agents, models] = await Promise.all([this.#agents(tenantId), this.models.list()]);
    return { object: 'list', data: [...agents, ...models.map(({ id, provider }) => rawModel(id, provider))] };
  }

  // Ids hold slashes, which some clients escape and others do not.
  @Get('*')
  @ApiOperation({ summary: 'One agent or model' })
  @ApiParam({ name: 'path', description: '`agent/<slug>` or `provider/model`; slashes may be escaped.' })
  @ApiOkResponse({ type: OpenAiModelDto })
  async read(
    @CurrentCaller() { tenantId }: Caller,
    @Req() { params }: FastifyRequest<{ Params: { '*': string } }>,
  ): Promise<OpenAiModelDto> {
    const id = cleanText(params['*']);
    const agent = agentOfModelId(id);
    if (agent !== undefined) return agentModel(await readAgent(this.database, tenantId, agent));
    const model = this.models.resolve(modelOfClient(id));
    return rawModel(model.id, parseModelId(model.id)?.provider ?? '');
  }

  async #agents(tenantId: string): Promise<OpenAiModelDto[]> {
    const found: OpenAiModelDto[] = [];
    for (let after: string | null = null; ; ) {
      const page: StoredAgent[] = await listAgents(this.database, tenantId, { after, limit: PAGE });
      found.push(...page.map(agentModel));
      after = page.at(-1)?.slug ?? null;
      if (page.length < PAGE) return found;
    }
  }
}

function agentModel({ slug, configuration, createdAt }: StoredAgent): OpenAiModelDto {
  const { name, description } = configuration;
  return {
    id: agentModelId(slug),
    object: 'model',
    created: Math.floor(Date.parse(createdAt) / 1_000),
    owned_by: 'troupe',
    name,
    ...(description !== undefined && { description }),
  };
}

function rawModel(id: string, owned_by: string): OpenAiModelDto {
  return { id, object: 'model', created: 0, owned_by };
}
