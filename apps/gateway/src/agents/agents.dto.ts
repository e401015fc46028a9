import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath, PartialType } from '@nestjs/swagger';
import type { MemoryStrategy, PermissionMode } from '@troupe/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { FallbackModels } from '../models/fallback-models.js';
import { RunSettingsDto } from '../run-settings/run-settings.dto.js';
import type { ApprovalRuleDto } from './approval-rule.dto.js';
import { DefinitionDto } from './definition.dto.js';
import type { GuardrailDto } from './guardrail.dto.js';
import { GuardrailsField, UntrustedField } from './guardrail-settings.js';
import { INTERRUPTION_POLICIES } from './interruption-policies.js';
import { MEMORY_TYPES, MemoryDto } from './memory.dto.js';
import { ModelSettingsDto } from './model-settings.dto.js';
import { type AgentToolDto, AgentToolsField, type HandoffDto, HandoffsField } from './other-agents.dto.js';
import { ApprovalRules, DeniedTools, PermissionModeField } from './permission-settings.js';
import { RoutingDto } from './routing.dto.js';
import type { UntrustedContentDto } from './untrusted-content.dto.js';

/** A whole configuration: what is absent or null takes its default. */
@ApiExtraModels(...MEMORY_TYPES.map(({ value }) => value))
export class AgentConfigurationDto extends RunSettingsDto {
  @IsString()
  @Matches(/\S/, { message: 'name must not be blank' })
  @MaxLength(200)
  @ApiProperty({ description: 'What people call it.', example: 'D&D Assistant' })
  name: string;

  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  @ApiPropertyOptional({ type: String, nullable: true, description: 'What it is for, in a sentence.' })
  description?: string | null;

  @IsObject()
  @ValidateNested()
  @Type(() => DefinitionDto)
  @ApiProperty({ type: DefinitionDto, description: 'Who it is; compiles to the system prompt.' })
  definition: DefinitionDto;

  @IsOptional()
  @IsString()
  @Length(3, 200)
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: "`provider/model`; default: the server's.",
    example: 'openai/gpt-4o',
  })
  model?: string | null;

  @IsOptional()
  @FallbackModels()
  fallback_models?: string[] | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => RoutingDto)
  @ApiPropertyOptional({
    type: RoutingDto,
    nullable: true,
    description: 'Which model answers which request; default: `model` answers all of them.',
  })
  routing?: RoutingDto | null;

  @IsOptional()
  @IsIn(INTERRUPTION_POLICIES)
  @ApiPropertyOptional({
    enum: INTERRUPTION_POLICIES,
    nullable: true,
    default: 'restart',
    description: 'What becomes of a step whose answer broke off after its first words.',
  })
  on_interruption?: (typeof INTERRUPTION_POLICIES)[number] | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ModelSettingsDto)
  @ApiPropertyOptional({ type: ModelSettingsDto, nullable: true, description: 'How the model is asked.' })
  model_settings?: ModelSettingsDto | null;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(128)
  @ArrayUnique()
  @IsString({ each: true })
  @ApiPropertyOptional({ type: [String], nullable: true, description: 'Names of its tools; default: none.' })
  tools?: string[] | null;

  @HandoffsField()
  handoffs?: HandoffDto[] | null;

  @AgentToolsField()
  agents?: AgentToolDto[] | null;

  @ApprovalRules()
  approvals?: ApprovalRuleDto[] | null;

  @DeniedTools()
  denied_tools?: string[] | null;

  @PermissionModeField()
  permission_mode?: PermissionMode | null;

  @GuardrailsField()
  guardrails?: GuardrailDto[] | null;

  @UntrustedField()
  untrusted?: UntrustedContentDto | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => MemoryDto, {
    discriminator: { property: 'type', subTypes: MEMORY_TYPES },
    keepDiscriminatorProperty: true,
  })
  @ApiPropertyOptional({
    oneOf: MEMORY_TYPES.map(({ value }) => ({ $ref: getSchemaPath(value) })),
    nullable: true,
    description: 'Which part of a thread the model is shown; default: the newest 20 messages.',
  })
  memory?: MemoryStrategy | null;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100)
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 100,
    default: 10,
    nullable: true,
    description: 'Model turns a run may take.',
  })
  max_turns?: number | null;
}

/** Absent fields stay as they are, null takes the default, anything else replaces the field as a whole. */
export class ChangeAgentDto extends PartialType(AgentConfigurationDto, { skipNullProperties: false }) {}

/** A persona with changes, or a configuration of one's own. */
export class CreateAgentDto extends ChangeAgentDto {
  @IsOptional()
  @IsString()
  @Length(1, 100)
  @ApiPropertyOptional({ description: 'The persona to begin with; the other fields change it.', example: 'cherry' })
  persona_id?: string;

  @IsOptional()
  @IsString()
  @Length(1, 100)
  @Matches(/^[a-z0-9]+(-[a-z0-9]+)*$/, {
    message: 'slug must be lower-case letters and digits, with single dashes between: dungeon-master',
  })
  @ApiPropertyOptional({ description: "The name in addresses; default: the agent's name in that form." })
  slug?: string;
}
