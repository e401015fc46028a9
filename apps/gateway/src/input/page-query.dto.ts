import { ApiPropertyOptional } from '@nestjs/swagger';
import type { Page } from '@troupe/contracts';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** Which page of a list. */
export class PageQueryDto {
  @IsOptional()
  @IsString()
  @Length(1, 300)
  @ApiPropertyOptional({ description: '`next_cursor` of the page before; absent: the first page.' })
  cursor?: string;

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_LIMIT)
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_LIMIT,
    default: DEFAULT_LIMIT,
    description: 'Entries of the page.',
  })
  limit?: number;
}

/** Asks for one entry more than the page holds, which tells whether there is another page. */
export async function pageOf<Entry>(
  { limit = DEFAULT_LIMIT }: PageQueryDto,
  read: (limit: number) => Promise<Entry[]>,
  cursorOf: (last: Entry) => string,
): Promise<Page<Entry>> {
  const entries = await read(limit + 1);
  const data = entries.slice(0, limit);
  const last = data.at(-1);
  return { data, next_cursor: entries.length > limit && last !== undefined ? cursorOf(last) : null };
}
