import { ApiProperty } from '@nestjs/swagger';
import type { ModelEntry } from '@troupe/spec';

class ModelDto implements ModelEntry {
  @ApiProperty({ description: '`provider/model`', example: 'openai/gpt-4o' })
  id: string;

  @ApiProperty({ description: 'Who serves it.', example: 'openai' })
  provider: string;
}

export class ModelListDto {
  @ApiProperty({ type: [ModelDto], description: 'What the providers list.' })
  data: ModelDto[];

  @ApiProperty({ description: 'What answers where neither the request nor the agent names a model.' })
  default: string;
}
