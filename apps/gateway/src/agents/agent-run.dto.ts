import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Approval, JsonValue, MultitaskStrategy, PermissionMode } from '@troupe/contracts';
import { IsIn, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { ApprovalDto } from '../approvals/approval.dto.js';
import { NotBlank } from '../input/not-blank.js';
import { ApiAnyJson } from '../openapi/api-any-json.js';
import { RunSettingsDto } from '../run-settings/run-settings.dto.js';
import { MULTITASK_DESCRIPTION, MULTITASK_STRATEGIES } from '../runs/multitask-strategies.js';
import { PermissionModeField } from './permission-settings.js';

export class AgentRunDto extends RunSettingsDto {
  @IsString()
  @NotBlank()
  @MaxLength(500_000)
  @ApiProperty({ description: 'What the user says.', example: 'Help me create a fantasy campaign setting' })
  input: string;

  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({
    description:
      "The conversation to go on with, which several agents may share: a chat_id or thread id, or a name of the caller's " +
      'own, which begins a thread when it is new. Default: a new thread.',
  })
  session_id?: string;

  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ description: "The end user, by the application's own id; facts are remembered for it." })
  user_id?: string;

  @PermissionModeField()
  permission_mode?: PermissionMode;

  @IsOptional()
  @IsIn(MULTITASK_STRATEGIES)
  @ApiPropertyOptional({ enum: MULTITASK_STRATEGIES, default: 'reject', description: MULTITASK_DESCRIPTION })
  multitask_strategy?: MultitaskStrategy;
}

export class AgentRunAnswerDto {
  @ApiProperty({ type: String, nullable: true, description: 'The text of the answer.' })
  final_output: string | null;

  @ApiAnyJson({ required: false, description: 'The validated answer of a run that has an output schema.' })
  output?: JsonValue;

  @ApiProperty({
    description: 'False (202) while people have to decide; a run that ends otherwise is answered with a problem.',
  })
  success: boolean;

  @ApiProperty({ description: 'As it was sent, else the id of the new thread.' })
  session_id: string;

  @ApiProperty({ format: 'uuid', description: 'The run that answered.' })
  run_id: string;

  @ApiPropertyOptional({ type: [ApprovalDto], description: 'What people are to decide; absent: nothing.' })
  approvals?: Approval[];
}
