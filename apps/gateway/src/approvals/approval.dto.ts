import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  APPROVAL_KINDS,
  APPROVAL_REASONS,
  APPROVAL_STATES,
  type Approval,
  type ApprovalKind,
  type ApprovalOutcome,
  type ApprovalReason,
  type ApprovalState,
  EXPIRY_POLICIES,
  type ExpiryPolicy,
  type JsonObject,
  type JsonSchema,
  type JsonValue,
  STICKY_SCOPES,
  type StickyScope,
} from '@troupe/contracts';
import { ApiAnyJson } from '../openapi/api-any-json.js';

class ApprovalOutcomeDto implements ApprovalOutcome {
  @ApiPropertyOptional({ description: 'What the model was told.' })
  message?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'The arguments that were sent, where they are others than were proposed.',
  })
  arguments?: JsonObject;

  @ApiAnyJson({ required: false, description: 'The answer to a question.' })
  answer?: JsonValue;

  @ApiPropertyOptional({ enum: STICKY_SCOPES, description: 'Which later calls of the same tool it decided too.' })
  sticky?: StickyScope;

  @ApiPropertyOptional({ description: 'In which role it was decided.' })
  role?: string;
}

/** A call that waits, or waited, for a person. */
export class ApprovalDto implements Approval {
  @ApiProperty({ format: 'uuid', description: 'The approval.' })
  id: string;

  @ApiProperty({ format: 'uuid', description: 'The run that waits for it.' })
  run_id: string;

  @ApiProperty({ format: 'uuid', description: 'The run at the top, where agents call agents; else the same.' })
  root_run_id: string;

  @ApiProperty({ format: 'uuid', description: 'The thread of the run.' })
  thread_id: string;

  @ApiProperty({ format: 'uuid', description: 'The call, as events and steps name it.' })
  tool_call_id: string;

  @ApiProperty({ type: String, nullable: true, description: "The end user of the run, by the application's own id." })
  user_id: string | null;

  @ApiProperty({ description: 'Slug of the agent.', example: 'cherry' })
  agent: string;

  @ApiProperty({ enum: APPROVAL_KINDS, description: '`tool`: allow a call or not. `input`: answer a question.' })
  kind: ApprovalKind;

  @ApiProperty({
    enum: APPROVAL_REASONS,
    description:
      'Why somebody is asked: a rule of the agent, the tool itself, text of strangers that the model has read, or a ' +
      'question of the agent.',
  })
  reason: ApprovalReason;

  @ApiProperty({ description: 'The tool.', example: 'refund_payment' })
  name: string;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'What the model proposed.' })
  arguments: JsonObject;

  @ApiProperty({ type: String, nullable: true, description: 'What is asked.' })
  question: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'JSON Schema of the answer; null where a call is approved or rejected.',
  })
  response_schema: JsonSchema | null;

  @ApiProperty({ type: [String], description: 'Roles that may decide; empty: anybody who may call this.' })
  roles: string[];

  @ApiProperty({ enum: APPROVAL_STATES, description: '`cancelled`: the run ended first. Only `pending` is ever left.' })
  state: ApprovalState;

  @ApiProperty({ type: ApprovalOutcomeDto, nullable: true, description: 'What was decided.' })
  decision: ApprovalOutcomeDto | null;

  @ApiProperty({ type: String, nullable: true, description: "Who decided, in the application's own words." })
  decided_by: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it stopped being pending.' })
  decided_at: string | null;

  @ApiProperty({ format: 'date-time', description: 'From then on nobody can decide it.' })
  expires_at: string;

  @ApiProperty({ enum: EXPIRY_POLICIES, description: 'What happens then.' })
  on_expiry: ExpiryPolicy;

  @ApiProperty({ format: 'date-time', description: 'When it was asked.' })
  created_at: string;
}
