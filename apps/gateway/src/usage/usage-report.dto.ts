import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  USAGE_DIMENSIONS,
  type UsageDimension,
  type UsageGroup,
  type UsageReport,
  type UsageSums,
} from '@troupe/contracts';

export class UsageSumsDto implements UsageSums {
  @ApiProperty({ type: 'integer', description: 'Calls that were sent to a provider, failed ones included.' })
  calls: number;

  @ApiProperty({ type: 'integer', description: 'Tokens that were read, cached ones included.' })
  input_tokens: number;

  @ApiProperty({ type: 'integer', description: 'Tokens that were written, reasoning included.' })
  output_tokens: number;

  @ApiProperty({ type: 'integer', description: 'Both together.' })
  total_tokens: number;

  @ApiProperty({ type: 'integer', description: "Tokens that came from the provider's cache." })
  cached_input_tokens: number;

  @ApiProperty({ type: 'integer', description: "Tokens that were written to the provider's cache." })
  cache_write_input_tokens: number;

  @ApiProperty({ type: 'integer', description: 'Tokens of reasoning.' })
  reasoning_tokens: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'US dollars, of the calls whose price is known; null when it is known of none.',
  })
  cost: number | null;

  @ApiProperty({
    type: 'integer',
    description: 'Calls that used tokens and are not in `cost`, because nobody knows their price.',
  })
  unpriced_calls: number;

  @ApiProperty({
    type: 'integer',
    description: 'Calls whose tokens are a guess, because the provider never told them.',
  })
  estimated_calls: number;
}

export class UsageGroupDto extends UsageSumsDto implements UsageGroup {
  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true, description: 'Grouped by run: which.' })
  run_id?: string | null;

  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true, description: 'Grouped by thread: which.' })
  thread_id?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, description: 'Grouped by user: which.' })
  user_id?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, description: 'Grouped by agent: its slug.' })
  agent?: string | null;

  @ApiPropertyOptional({ description: 'Grouped by model: `provider/model`.', example: 'openai/gpt-4o' })
  model?: string;

  @ApiPropertyOptional({ description: 'Grouped by provider: which.', example: 'openai' })
  provider?: string;

  @ApiPropertyOptional({ description: 'Grouped by purpose: what the call was for.', example: 'turn' })
  purpose?: string;

  @ApiPropertyOptional({ format: 'date', description: 'Grouped by day: which, in UTC.', example: '2026-01-31' })
  day?: string;
}

export class UsageReportDto implements UsageReport {
  @ApiProperty({ format: 'date-time', description: 'Calls were counted from here.' })
  from: string;

  @ApiProperty({ format: 'date-time', description: 'And up to here, without the moment itself.' })
  to: string;

  @ApiProperty({ enum: USAGE_DIMENSIONS, isArray: true, description: 'What the calls are grouped by.' })
  group_by: UsageDimension[];

  @ApiProperty({ type: [UsageGroupDto], description: 'The groups of this page, in the order of their values.' })
  data: UsageGroupDto[];

  @ApiProperty({ type: String, nullable: true, description: '`cursor` of the next page; null on the last.' })
  next_cursor: string | null;

  @ApiProperty({ type: UsageSumsDto, description: 'The sums over all groups, not those of this page alone.' })
  totals: UsageSumsDto;
}
