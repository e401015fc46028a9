import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { FoundMessage, MessageRole, ThreadStats } from '@troupe/contracts';
import { IsOptional, IsString, IsUUID, Length, MaxLength } from 'class-validator';
import { NotBlank } from '../input/not-blank.js';
import { PageQueryDto } from '../input/page-query.dto.js';

const TITLE = { type: String, nullable: true, description: 'Default: that of the thread; null: none.' } as const;

export class ForkThreadDto {
  @IsOptional()
  @IsString()
  @MaxLength(500)
  @ApiPropertyOptional(TITLE)
  title?: string | null;

  @IsOptional()
  @IsUUID()
  @ApiPropertyOptional({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The last message that is copied. Default: the newest.',
  })
  from_message_id?: string | null;
}

export class BranchThreadDto {
  @IsOptional()
  @IsString()
  @MaxLength(500)
  @ApiPropertyOptional(TITLE)
  title?: string | null;

  @IsUUID()
  @ApiProperty({ format: 'uuid', description: 'The last message that is copied.' })
  from_message_id: string;
}

export class ThreadStatsDto implements ThreadStats {
  @ApiProperty({ type: 'integer', description: 'Messages, those of tools included.' })
  message_count: number;

  @ApiProperty({ type: 'integer', description: 'Size of their content as JSON in UTF-8, alternatives included.' })
  total_bytes: number;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The thread that it was forked from.' })
  forked_from: string | null;
}

export class ThreadSearchQueryDto extends PageQueryDto {
  @IsString()
  @NotBlank()
  @Length(1, 500)
  @ApiProperty({ description: 'Words, in any order; a part of a word is enough, capitals do not matter.' })
  q: string;

  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ description: 'Only threads of this user.' })
  user_id?: string;

  @IsOptional()
  @IsUUID()
  @ApiPropertyOptional({ format: 'uuid', description: 'Only this thread.' })
  thread_id?: string;
}

export class FoundMessageDto implements FoundMessage {
  @ApiProperty({ format: 'uuid', description: 'Its thread.' })
  thread_id: string;

  @ApiProperty({ type: String, nullable: true, description: 'Title of the thread.' })
  title: string | null;

  @ApiProperty({ format: 'uuid', description: 'The message.' })
  message_id: string;

  @ApiProperty({ enum: ['user', 'assistant'], description: 'Who speaks.' })
  role: MessageRole;

  @ApiProperty({ description: 'All that it says.' })
  text: string;

  @ApiProperty({ format: 'date-time', description: 'When it was stored.' })
  created_at: string;
}
