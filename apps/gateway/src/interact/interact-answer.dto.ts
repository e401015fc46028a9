import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { AcceptedRun, InteractResponse, JsonValue, RunStatus, StopReason, WaitKind } from '@troupe/contracts';
import { ApprovalDto } from '../approvals/approval.dto.js';
import { ApiAnyJson } from '../openapi/api-any-json.js';
import { RUN_STATUSES } from '../runs/run-statuses.js';
import { UsageDto } from '../runs/usage.dto.js';

export class InteractAnswerDto implements InteractResponse {
  @ApiProperty({ format: 'uuid', description: 'The run that answered.' })
  run_id: string;

  @ApiProperty({ format: 'uuid', description: 'Send it again to go on with the conversation.' })
  thread_id: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The message that holds the answer.' })
  message_id: string | null;

  @ApiProperty({
    enum: RUN_STATUSES,
    description: '`completed`, or `waiting` (202): people have to decide. Any other end is answered with a problem.',
  })
  status: RunStatus;

  @ApiProperty({ type: String, nullable: true, description: 'Why the model stopped.', example: 'end_turn' })
  stop_reason: StopReason | null;

  @ApiProperty({ type: String, nullable: true, description: 'The text of the answer.' })
  response: string | null;

  @ApiAnyJson({ required: false, description: 'The validated answer of a run that has an output schema.' })
  output?: JsonValue;

  @ApiProperty({ description: '`provider/model`', example: 'openai/gpt-4o' })
  model: string;

  @ApiProperty({ type: UsageDto, description: 'What the run used.' })
  usage: UsageDto;

  @ApiPropertyOptional({ type: String, enum: ['approval', 'input'], description: 'What a waiting run waits for.' })
  wait_kind?: WaitKind;

  @ApiPropertyOptional({ type: [ApprovalDto], description: 'What people are to decide, with `waiting`.' })
  approvals?: ApprovalDto[];
}

export class AcceptedRunDto implements AcceptedRun {
  @ApiProperty({ format: 'uuid', description: 'The run; follow it at `/api/runs/{run_id}/events`.' })
  run_id: string;

  @ApiProperty({ format: 'uuid', description: 'Its thread.' })
  thread_id: string;

  @ApiProperty({ enum: RUN_STATUSES, description: 'How far it is.' })
  status: RunStatus;

  @ApiPropertyOptional({
    enum: [true],
    description: 'The message went to a run that was under way: this one (`steer`).',
  })
  steered?: true;
}
