import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { DirectMessage, DirectRequest, JsonSchema } from '@troupe/contracts';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { ListOf } from '../input/list-of.js';
import { FallbackModels } from '../models/fallback-models.js';

export class DirectMessageDto implements DirectMessage {
  @IsIn(['system', 'user', 'assistant'])
  @ApiProperty({ enum: ['system', 'user', 'assistant'], description: 'Who speaks.' })
  role: DirectMessage['role'];

  @IsString()
  @MaxLength(500_000)
  @ApiProperty({ description: 'What is said.' })
  content: string;
}

export class DirectDto implements DirectRequest {
  @ListOf(() => DirectMessageDto)
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @ApiProperty({ type: [DirectMessageDto], description: 'The conversation, oldest first.' })
  messages: DirectMessageDto[];

  @IsOptional()
  @IsString()
  @Length(3, 200)
  @ApiPropertyOptional({ description: "`provider/model`; default: the server's.", example: 'openai/gpt-4o' })
  model?: string;

  @IsOptional()
  @FallbackModels()
  fallback_models?: string[];

  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(2)
  @ApiPropertyOptional({ minimum: 0, maximum: 2, description: 'Not sent to models that refuse it.' })
  temperature?: number;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  @ApiPropertyOptional({ minimum: 1, description: 'Output tokens at most.' })
  max_tokens?: number;

  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ default: false, description: 'Answer with server-sent events.' })
  stream?: boolean;

  @IsOptional()
  @IsObject()
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'JSON Schema that the answer has to match, where the provider can be held to one.',
  })
  output_schema?: JsonSchema;
}
