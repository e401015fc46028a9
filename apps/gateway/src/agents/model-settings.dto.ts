import { ApiPropertyOptional } from '@nestjs/swagger';
import type { JsonObject, ModelSettings, ReasoningSettings } from '@troupe/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { ProviderOptions } from './provider-options.js';

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high'] as const;
const CACHE_TIMES = ['5m', '1h', 'off'] as const;

export class ReasoningSettingsDto implements ReasoningSettings {
  @IsOptional()
  @IsIn(EFFORTS)
  @ApiPropertyOptional({ enum: EFFORTS, description: 'How much a reasoning model thinks.' })
  effort?: (typeof EFFORTS)[number];

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  @ApiPropertyOptional({ minimum: 1, description: 'Tokens that may be thought.' })
  max_tokens?: number;
}

export class ModelSettingsDto implements ModelSettings {
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(2)
  @ApiPropertyOptional({ minimum: 0, maximum: 2, description: 'Not sent to models that refuse it.' })
  temperature?: number;

  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(1)
  @ApiPropertyOptional({ minimum: 0, maximum: 1, description: 'Share of the likeliest tokens to choose from.' })
  top_p?: number;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  @ApiPropertyOptional({ minimum: 1, description: 'Output tokens of one turn at most.' })
  max_tokens?: number;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(16)
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  @ApiPropertyOptional({ type: [String], description: 'Texts at which an answer ends.' })
  stop?: string[];

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ReasoningSettingsDto)
  @ApiPropertyOptional({ type: ReasoningSettingsDto, description: 'Default: as the provider does it.' })
  reasoning?: ReasoningSettingsDto;

  @IsOptional()
  @IsIn(CACHE_TIMES)
  @ApiPropertyOptional({
    enum: CACHE_TIMES,
    description:
      "How long the beginning of a request stays in the provider's cache. Default: `5m` where it costs nothing.",
  })
  prompt_cache?: (typeof CACHE_TIMES)[number];

  @IsOptional()
  @ProviderOptions()
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'object', additionalProperties: true },
    description: 'Of one provider alone, by its id and in its own words; added to its requests as they are.',
    example: { ollama: { num_ctx: 16_384 } },
  })
  provider_options?: Record<string, JsonObject>;
}
