import { ApiPropertyOptional } from '@nestjs/swagger';
import type { ModelSettings } from '@troupe/contracts';
import { ArrayMaxSize, IsArray, IsInt, IsNumber, IsOptional, IsString, Length, Max, Min } from 'class-validator';

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
}
