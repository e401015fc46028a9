import { ApiPropertyOptional, PickType } from '@nestjs/swagger';
import { USAGE_DIMENSIONS, type UsageDimension } from '@troupe/contracts';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, IsIn, IsOptional, IsString, IsUUID, Length, Matches } from 'class-validator';
import { PageQueryDto } from '../input/page-query.dto.js';

/** A day or a moment, RFC 3339, of a time that the database knows. */
const DAY_OR_MOMENT = /^(19[7-9]|[2-9]\d\d)\d-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d))?$/;
const EXPECTED = { message: '$property must be a day (2026-01-31) or a moment (2026-01-31T12:00:00Z)' };

/** Which calls a report counts, and how it groups them. */
export class UsageQueryDto extends PickType(PageQueryDto, ['limit'] as const) {
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => [value].flat().flatMap((text) => String(text).split(',')))
  @IsIn(USAGE_DIMENSIONS, { each: true })
  @ArrayUnique()
  @ArrayMaxSize(USAGE_DIMENSIONS.length)
  @ApiPropertyOptional({
    enum: USAGE_DIMENSIONS,
    isArray: true,
    default: ['day'],
    description: 'What to group by, one or several: `day,model`. Days are those of UTC.',
  })
  group_by?: UsageDimension[];

  @IsOptional()
  @Matches(DAY_OR_MOMENT, EXPECTED)
  @ApiPropertyOptional({
    description:
      'Calls from then on: a day in UTC, or a moment. Default: the last 30 days, or since the run or thread is.',
    example: '2026-01-01',
  })
  from?: string;

  @IsOptional()
  @Matches(DAY_OR_MOMENT, EXPECTED)
  @ApiPropertyOptional({
    description: 'Calls before that: a day in UTC, or a moment. Default: the end of today.',
    example: '2026-02-01',
  })
  to?: string;

  @IsOptional()
  @IsUUID('all')
  @ApiPropertyOptional({ format: 'uuid', description: 'Only calls of this run.' })
  run_id?: string;

  @IsOptional()
  @IsUUID('all')
  @ApiPropertyOptional({ format: 'uuid', description: 'Only calls of this thread.' })
  thread_id?: string;

  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ description: "Only calls for this user, by the application's own id." })
  user_id?: string;

  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ description: 'Only calls of the agent with this slug.', example: 'cherry' })
  agent?: string;

  @IsOptional()
  @IsString()
  @Length(1, 300)
  @ApiPropertyOptional({ description: 'Only calls of this model, `provider/model`.', example: 'openai/gpt-4o' })
  model?: string;

  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ description: 'Only calls of this provider.', example: 'openai' })
  provider?: string;

  @IsOptional()
  @IsString()
  @Length(1, 100)
  @ApiPropertyOptional({ description: 'Only calls of this purpose.', example: 'turn' })
  purpose?: string;

  @IsOptional()
  @IsString()
  @Length(1, 8_000)
  @ApiPropertyOptional({ description: '`next_cursor` of the page before; absent: the first page.' })
  cursor?: string;
}
