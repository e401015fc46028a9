import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { type Agent, type MemoryStrategy, PERMISSION_MODES, type PermissionMode } from '@troupe/contracts';
import { RunSettingsDto } from '../run-settings/run-settings.dto.js';
import { ApprovalRuleDto } from './approval-rule.dto.js';
import { DefinitionDto } from './definition.dto.js';
import { GuardrailDto } from './guardrail.dto.js';
import { INTERRUPTION_POLICIES } from './interruption-policies.js';
import { MEMORY_TYPES } from './memory.dto.js';
import { ModelSettingsDto } from './model-settings.dto.js';
import { AgentToolDto, HandoffDto } from './other-agents.dto.js';
import { PERMISSION_MODE_DESCRIPTION } from './permission-mode-description.js';
import { RoutingDto } from './routing.dto.js';
import { UntrustedContentDto } from './untrusted-content.dto.js';

/** One version of an agent. */
@ApiExtraModels(...MEMORY_TYPES.map(({ value }) => value))
export class AgentDto extends RunSettingsDto implements Agent {
  @ApiProperty({ format: 'uuid', description: 'The agent; all versions share it.' })
  id: string;

  @ApiProperty({ description: 'The name in addresses, and the `persona_id` of interactions.', example: 'cherry' })
  slug: string;

  @ApiProperty({ type: 'integer', description: 'Counts from 1.' })
  version: number;

  @ApiProperty({ description: 'What people call it.', example: 'Cherry' })
  name: string;

  @ApiPropertyOptional({ description: 'What it is for, in a sentence.' })
  description?: string;

  @ApiProperty({ type: DefinitionDto, description: 'Who it is.' })
  definition: DefinitionDto;

  @ApiProperty({ description: 'What the definition compiles to.' })
  system_prompt: string;

  @ApiPropertyOptional({ description: "`provider/model`; absent: the server's default.", example: 'openai/gpt-4o' })
  model?: string;

  @ApiPropertyOptional({
    type: [String],
    description: 'Models to ask, in this order, when the one before cannot answer.',
  })
  fallback_models?: string[];

  @ApiPropertyOptional({ type: RoutingDto, description: 'Which model answers which request.' })
  routing?: RoutingDto;

  @ApiPropertyOptional({
    enum: INTERRUPTION_POLICIES,
    description: 'What becomes of a step whose answer broke off after its first words; absent: `restart`.',
  })
  on_interruption?: (typeof INTERRUPTION_POLICIES)[number];

  @ApiPropertyOptional({ type: ModelSettingsDto, description: 'How the model is asked.' })
  model_settings?: ModelSettingsDto;

  @ApiProperty({ type: [String], description: 'Names of its tools.' })
  tools: string[];

  @ApiPropertyOptional({ type: [HandoffDto], description: 'Agents that may take the conversation over; absent: none.' })
  handoffs?: HandoffDto[];

  @ApiPropertyOptional({ type: [AgentToolDto], description: 'Agents that it calls like tools; absent: none.' })
  agents?: AgentToolDto[];

  @ApiPropertyOptional({ type: [ApprovalRuleDto], description: 'Which calls wait for a person; absent: none.' })
  approvals?: ApprovalRuleDto[];

  @ApiPropertyOptional({ type: [String], description: 'Tools that are never run.' })
  denied_tools?: string[];

  @ApiPropertyOptional({ enum: PERMISSION_MODES, description: PERMISSION_MODE_DESCRIPTION })
  permission_mode?: PermissionMode;

  @ApiPropertyOptional({ type: [GuardrailDto], description: 'What watches over it; absent: nothing.' })
  guardrails?: GuardrailDto[];

  @ApiPropertyOptional({
    type: UntrustedContentDto,
    description: 'What its tools may do once text of strangers is in the conversation; absent: the same as before.',
  })
  untrusted?: UntrustedContentDto;

  @ApiProperty({
    oneOf: MEMORY_TYPES.map(({ value }) => ({ $ref: getSchemaPath(value) })),
    description: 'Which part of a thread the model is shown.',
  })
  memory: MemoryStrategy;

  @ApiProperty({ type: 'integer', description: 'Model turns a run may take.' })
  max_turns: number;

  @ApiProperty({ format: 'date-time', description: 'When the agent was made.' })
  created_at: string;

  @ApiProperty({ format: 'date-time', description: 'When this version was made.' })
  updated_at: string;
}
