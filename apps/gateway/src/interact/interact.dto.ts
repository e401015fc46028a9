import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { InteractRequest, MultitaskStrategy, PermissionMode } from '@troupe/contracts';
import { IsBoolean, IsIn, IsOptional, IsString, IsUUID, Length, MaxLength } from 'class-validator';
import { PermissionModeField } from '../agents/permission-settings.js';
import { NotBlank } from '../input/not-blank.js';
import { FallbackModels } from '../models/fallback-models.js';
import { RunSettingsDto } from '../run-settings/run-settings.dto.js';
import { MULTITASK_DESCRIPTION, MULTITASK_STRATEGIES } from '../runs/multitask-strategies.js';

export class InteractDto extends RunSettingsDto implements InteractRequest {
  @IsString()
  @NotBlank()
  @MaxLength(500_000)
  @ApiProperty({ description: 'What the user says.', example: 'Tell me about artificial intelligence' })
  message: string;

  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ description: "The end user, by the application's own id; facts are remembered for it." })
  user_id?: string;

  @IsOptional()
  @IsString()
  @Length(1, 100)
  @ApiPropertyOptional({ description: "Slug of the persona or agent; default: the thread's, else `assistant`." })
  persona_id?: string;

  @IsOptional()
  @IsUUID()
  @ApiPropertyOptional({ format: 'uuid', description: 'The thread to go on with; default: a new one.' })
  thread_id?: string;

  @IsOptional()
  @IsString()
  @Length(3, 200)
  @ApiPropertyOptional({
    description: "`provider/model`; wins over every tier and rule. Default: the agent's own.",
    example: 'openai/gpt-4o',
  })
  model?: string;

  @IsOptional()
  @IsString()
  @Length(1, 50)
  @ApiPropertyOptional({
    description: "One of the agent's tiers; default: the one that its rules choose.",
    example: 'complex',
  })
  tier?: string;

  @IsOptional()
  @FallbackModels()
  fallback_models?: string[];

  @PermissionModeField()
  permission_mode?: PermissionMode;

  @IsOptional()
  @IsIn(MULTITASK_STRATEGIES)
  @ApiPropertyOptional({ enum: MULTITASK_STRATEGIES, default: 'reject', description: MULTITASK_DESCRIPTION })
  multitask_strategy?: MultitaskStrategy;

  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ default: false, description: 'Answer with server-sent events while the run goes on.' })
  stream?: boolean;

  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ default: false, description: 'Answer 202 at once; the run is at `Location`.' })
  background?: boolean;
}
