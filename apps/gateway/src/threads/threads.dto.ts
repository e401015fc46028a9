import { ApiPropertyOptional } from '@nestjs/swagger';
import type { JsonObject } from '@troupe/contracts';
import { IsBoolean, IsIn, IsObject, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { PageQueryDto } from '../input/page-query.dto.js';
import { QueryFlag } from '../input/query-flag.js';

export class CreateThreadDto {
  @IsOptional()
  @IsString()
  @MaxLength(500)
  @ApiPropertyOptional({ type: String, nullable: true, description: 'Default: made from the first exchange.' })
  title?: string | null;

  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ type: String, nullable: true, description: "The end user, by the application's own id." })
  user_id?: string | null;

  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: "The application's own name for the thread, unique; a `session_id` of agent runs finds it.",
  })
  external_id?: string | null;

  @IsOptional()
  @IsObject()
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: 'Whatever the application keeps.' })
  metadata?: JsonObject | null;
}

export class ChangeThreadDto {
  @IsOptional()
  @IsString()
  @MaxLength(500)
  @ApiPropertyOptional({ type: String, nullable: true, description: 'Null takes the title away.' })
  title?: string | null;

  @IsOptional()
  @IsObject()
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'Replaces what was there; null empties it.',
  })
  metadata?: JsonObject | null;
}

export class ThreadsQueryDto extends PageQueryDto {
  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ description: 'Only threads of this user.' })
  user_id?: string;

  @IsOptional()
  @QueryFlag()
  @IsBoolean()
  @ApiPropertyOptional({ type: Boolean, default: false, description: 'The archived ones in place of the others.' })
  archived?: boolean;
}

export class MessagesQueryDto extends PageQueryDto {
  @IsOptional()
  @IsIn(['asc', 'desc'])
  @ApiPropertyOptional({ enum: ['asc', 'desc'], default: 'asc', description: '`asc`: oldest first.' })
  order?: 'asc' | 'desc';
}
