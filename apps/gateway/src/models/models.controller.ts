import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ModelCatalog, ModelEntry } from '@troupe/spec';
import { MODELS } from '../tokens.js';

export interface ModelList {
  data: ModelEntry[];
  /** What answers where neither the request nor the agent names a model. */
  default: string;
}

@ApiTags('models')
@Controller('api/models')
export class ModelsController {
  constructor(@Inject(MODELS) private readonly models: ModelCatalog) {}

  @Get()
  @ApiOperation({
    summary: 'The models of the configured providers',
    description: 'Providers know more models than they list: any name of a configured provider is accepted.',
  })
  async list(): Promise<ModelList> {
    const entries = await this.models.list();
    return { data: entries.map(({ id, provider }) => ({ id, provider })), default: this.models.defaultModel };
  }
}
