import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { MAX_LIMIT_NUMBER } from '@troupe/contracts';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { LimitKeyDto } from './limit-key.dto.js';

const LimitNumberField = (description: string): PropertyDecorator =>
  applyDecorators(
    IsOptional(),
    IsInt(),
    Min(1),
    Max(MAX_LIMIT_NUMBER),
    ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_LIMIT_NUMBER, nullable: true, description }),
  );

/** A limit: its key and one number at least. Absent or null: not limited. */
export class SetLimitDto extends LimitKeyDto {
  @LimitNumberField('Requests in any 60 s.')
  rpm?: number | null;

  @LimitNumberField('Input and output tokens in any 60 s.')
  tpm?: number | null;

  @LimitNumberField('Input tokens in any 60 s.')
  input_tpm?: number | null;

  @LimitNumberField('Output tokens in any 60 s.')
  output_tpm?: number | null;

  @LimitNumberField('Requests in any 24 h.')
  rpd?: number | null;

  @LimitNumberField('Calls under way at once.')
  max_concurrency?: number | null;
}
