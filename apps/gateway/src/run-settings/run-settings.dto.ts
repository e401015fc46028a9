import { ApiPropertyOptional } from '@nestjs/swagger';
import {
  type JsonSchema,
  MAX_OUTPUT_RETRIES,
  type OutputSettings,
  type ToolUse,
  type ToolUseSettings,
} from '@troupe/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { RunLimitsDto } from './run-limits.dto.js';
import { ToolUseField } from './tool-use.js';

const MAX_TOOLS = 130;

/** What an agent's runs are like, and what a request may ask of one run in its place. Null is an absent field. */
export class RunSettingsDto implements OutputSettings, ToolUseSettings {
  @IsOptional()
  @IsObject()
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description:
      'JSON Schema of the answer: `output` is the answer as a value that is valid by it. At most 64 KiB of JSON, `$ref` ' +
      'only to its own parts, `pattern` without look-around and back-references.',
    example: { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] },
  })
  output_schema?: JsonSchema;

  @IsOptional()
  @IsString()
  @Matches(/^[A-Za-z0-9_-]{1,64}$/, { message: '$property must be 1 to 64 letters, digits, "_" and "-"' })
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    default: 'answer',
    description: 'How the model is told of the schema.',
  })
  output_name?: string;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_OUTPUT_RETRIES)
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: MAX_OUTPUT_RETRIES,
    nullable: true,
    default: 2,
    description: 'Further answers that the model may give when one is not valid. They do not count as turns.',
  })
  output_retries?: number;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => RunLimitsDto)
  @ApiPropertyOptional({
    type: RunLimitsDto,
    nullable: true,
    description: 'What one run may take. Where agent and request set the same limit, the lower one holds.',
  })
  limits?: RunLimitsDto;

  @ToolUseField()
  tool_choice?: ToolUse;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(128)
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 128,
    nullable: true,
    description: 'Tool calls of one answer that are made; those beyond it are told to be called again. Default: all.',
  })
  max_parallel_tool_calls?: number;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_TOOLS)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 128, { each: true })
  @ApiPropertyOptional({
    type: [String],
    nullable: true,
    description:
      "Tools whose result ends the run: its text is the answer, unless the call failed or doesn't fit the schema.",
  })
  stop_on_tools?: string[];
}
