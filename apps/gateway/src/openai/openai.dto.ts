import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { OpenAiErrorBody } from './openai-error.js';

class OpenAiErrorDetailsDto {
  @ApiProperty({ description: 'What happened and what to do next.' })
  message: string;

  @ApiProperty({ description: 'The kind of error, as OpenAI names kinds.', example: 'invalid_request_error' })
  type: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The field that is wrong.',
    example: 'messages[0].content',
  })
  param: string | null;

  @ApiProperty({ description: 'Stable: for programs.', example: 'model_not_found' })
  code: string;
}

export class OpenAiErrorDto implements OpenAiErrorBody {
  @ApiProperty({ type: OpenAiErrorDetailsDto, description: 'What went wrong.' })
  error: OpenAiErrorDetailsDto;
}

export class OpenAiModelDto {
  @ApiProperty({ description: '`agent/<slug>` or `provider/model`', example: 'agent/assistant' })
  id: string;

  @ApiProperty({ enum: ['model'], description: 'Always `model`.' })
  object: 'model';

  @ApiProperty({ description: 'Seconds since 1970; 0 for models of providers.' })
  created: number;

  @ApiProperty({ description: '`troupe` for agents, else the provider.', example: 'openai' })
  owned_by: string;

  @ApiPropertyOptional({ description: "An agent's name for people." })
  name?: string;

  @ApiPropertyOptional({ description: 'What an agent is for.' })
  description?: string;
}

export class OpenAiModelListDto {
  @ApiProperty({ enum: ['list'], description: 'Always `list`.' })
  object: 'list';

  @ApiProperty({ type: [OpenAiModelDto], description: 'Agents first, then the models of the configured providers.' })
  data: OpenAiModelDto[];
}
