import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Limit, LimitNumbers, LimitSource, LimitUsage } from '@troupe/contracts';

const SOURCES: LimitSource[] = ['api', 'file', 'environment'];

export class LimitNumbersDto implements LimitNumbers {
  @ApiPropertyOptional({ type: 'integer', description: 'Requests in any 60 s.' })
  rpm?: number;

  @ApiPropertyOptional({ type: 'integer', description: 'Input and output tokens in any 60 s.' })
  tpm?: number;

  @ApiPropertyOptional({ type: 'integer', description: 'Input tokens in any 60 s.' })
  input_tpm?: number;

  @ApiPropertyOptional({ type: 'integer', description: 'Output tokens in any 60 s.' })
  output_tpm?: number;

  @ApiPropertyOptional({ type: 'integer', description: 'Requests in any 24 h.' })
  rpd?: number;

  @ApiPropertyOptional({ type: 'integer', description: 'Calls under way at once.' })
  max_concurrency?: number;
}

export class LimitDto extends LimitNumbersDto implements Limit {
  @ApiProperty({ description: 'The provider part of `provider/model`.', example: 'openai' })
  provider: string;

  @ApiProperty({ description: 'A name, or a pattern whose models share the limit.', example: 'gpt-4o' })
  model: string;

  @ApiPropertyOptional({ description: "Which of the provider's keys; absent: each of them, on its own." })
  account?: string;

  @ApiProperty({ enum: SOURCES, description: 'Where it was set.' })
  source: LimitSource;

  @ApiProperty({ description: 'False when a stronger source has a limit with the same key.' })
  in_effect: boolean;
}

export class LimitListDto {
  @ApiProperty({ type: [LimitDto], description: 'Those of a provider in the order in which they are asked.' })
  data: LimitDto[];
}

export class LimitUsageDto implements LimitUsage {
  @ApiProperty({ description: 'The provider.', example: 'openai' })
  provider: string;

  @ApiProperty({ description: 'The model, or the pattern of those that share the limit.', example: 'gpt-4o' })
  model: string;

  @ApiProperty({ description: "Short hash of one of the provider's keys; `none` where it needs none." })
  account: string;

  @ApiProperty({ type: LimitNumbersDto, description: 'What is allowed.' })
  limits: LimitNumbersDto;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number' },
    description: 'What is left now of what is limited, in its own units.',
    example: { rpm: 487, tpm: 22_310 },
  })
  available: Record<string, number>;

  @ApiProperty({ type: 'integer', description: 'Calls that the provider has been sent and not answered.' })
  under_way: number;

  @ApiProperty({ type: 'integer', description: 'Calls that wait for their turn.' })
  waiting: number;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'Until when the provider asked for a pause; null: it did not.',
  })
  paused_until: string | null;
}

export class LimitUsageListDto {
  @ApiProperty({
    type: [LimitUsageDto],
    description: 'One entry for each limit in effect and account of its provider.',
  })
  data: LimitUsageDto[];
}
