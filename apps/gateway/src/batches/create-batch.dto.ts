import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import type { BatchItem, BatchMessage, JsonSchema, NewBatch } from '@troupe/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { ModelSettingsDto } from '../agents/model-settings.dto.js';
import { ListOf } from '../input/list-of.js';
import { NotBlank } from '../input/not-blank.js';
import { IsMessageContent } from './message-content.js';

const MAX_TEXT = 500_000;

export class BatchMessageDto implements BatchMessage {
  @IsIn(['system', 'user', 'assistant'])
  @ApiProperty({ enum: ['system', 'user', 'assistant'], description: 'Who speaks.' })
  role: BatchMessage['role'];

  @IsMessageContent()
  @ApiProperty({
    oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'object', additionalProperties: true } }],
    description:
      'What is said: a text, or parts. A part is `{"type": "text", "text"}`, `{"type": "image", "source"}` or ' +
      '`{"type": "file", "name", "media_type", "source"}`; a source is `{"type": "url", "url"}` or ' +
      '`{"type": "base64", "data"}`, of an image with its `media_type`.',
  })
  content: BatchMessage['content'];
}

/** One request of a batch. */
export class BatchItemDto implements BatchItem {
  @IsString()
  @Length(1, 200)
  @NotBlank()
  @ApiProperty({ description: 'Your own name of the item, unique in the batch.', example: 'review-17' })
  custom_id: string;

  @IsOptional()
  @ListOf(() => BatchMessageDto)
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @ApiPropertyOptional({ type: [BatchMessageDto], description: 'The conversation, oldest first; or `message`.' })
  messages?: BatchMessageDto[];

  @IsOptional()
  @IsString()
  @Length(1, MAX_TEXT)
  @NotBlank()
  @ApiPropertyOptional({ description: 'One message of a user, in place of `messages`.' })
  message?: string;

  @IsOptional()
  @IsString()
  @MaxLength(MAX_TEXT)
  @ApiPropertyOptional({ description: 'Stands before everything else.' })
  system?: string;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ModelSettingsDto)
  @ApiPropertyOptional({ type: ModelSettingsDto, description: 'As those of an agent.' })
  settings?: ModelSettingsDto;

  @IsOptional()
  @IsObject()
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'JSON Schema that the answer has to match, where the provider can be held to one.',
  })
  output_schema?: JsonSchema;
}

@ApiExtraModels(BatchItemDto)
export class CreateBatchDto implements Pick<NewBatch, 'model'> {
  @IsOptional()
  @IsString()
  @Length(3, 200)
  @ApiPropertyOptional({
    description: "`provider/model`; default: the server's. Of a provider that has batches.",
    example: 'openai/gpt-4.1-mini',
  })
  model?: string;

  /** Each is checked on its own, so that many do not keep the process from everybody else. */
  @IsArray()
  @ArrayMinSize(1)
  @ApiProperty({
    type: 'array',
    items: { $ref: getSchemaPath(BatchItemDto) },
    minItems: 1,
    description: 'As many as the provider takes in one batch: 50,000 at OpenAI, 100,000 at Anthropic.',
  })
  items: unknown[];

  @IsOptional()
  @IsObject()
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Up to 16 names and values of your own, texts of up to 64 and 512 characters.',
  })
  metadata?: Record<string, unknown>;
}
