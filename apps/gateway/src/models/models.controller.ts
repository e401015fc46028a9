import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ModelCatalog } from '@troupe/spec';
import { MODELS } from '../tokens.js';
import { ModelListDto } from './model-list.dto.js';

@ApiTags('models')
@Controller('api/models')
export class ModelsController {
  constructor(@Inject(MODELS) private readonly models: ModelCatalog) {}

  @Get()
  @ApiOperation({
    summary: 'The models of the configured providers',
    description: 'Providers know more models than they list: any name of a configured provider is accepted.',
  })
  @ApiOkResponse({ type: ModelListDto })
  async list(): Promise<ModelListDto> {
    const entries = await this.models.list();
    return { data: entries.map(({ id, provider }) => ({ id, provider })), default: this.models.defaultModel };
  }
}
