import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type {
  ErrorBody,
  ErrorCode,
  Fault,
  JsonObject,
  JsonValue,
  MultitaskStrategy,
  Run,
  RunResult,
  RunStatus,
  StopReason,
  WaitKind,
} from '@troupe/contracts';
import { ApprovalDto } from '../approvals/approval.dto.js';
import { ApiAnyJson } from '../openapi/api-any-json.js';
import { MULTITASK_STRATEGIES } from './multitask-strategies.js';
import { RUN_STATUSES } from './run-statuses.js';
import { UsageDto } from './usage.dto.js';

class RunErrorDto implements ErrorBody {
  @ApiProperty({ type: String, description: 'Stable; what programs should look at.', example: 'provider_timeout' })
  code: ErrorCode;

  @ApiProperty({ enum: ['caller', 'upstream', 'server'], description: 'Whose fault it is.' })
  fault: Fault;

  @ApiProperty({ description: 'What happened, and what to do about it.' })
  message: string;

  @ApiProperty({ description: 'Whether the same request may succeed later.' })
  retryable: boolean;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description:
      'Facts for a program: of `output_invalid` the last answer and its errors, of `run_limit_exceeded` the limit.',
  })
  details?: JsonObject;
}

export class RunDto implements Run {
  @ApiProperty({ format: 'uuid', description: 'The run.' })
  id: string;

  @ApiProperty({ format: 'uuid', description: 'The thread it goes on with.' })
  thread_id: string;

  @ApiProperty({ type: String, nullable: true, description: "The end user, by the application's own id." })
  user_id: string | null;

  @ApiProperty({ description: 'Slug of the agent that answers.', example: 'cherry' })
  agent: string;

  @ApiProperty({ type: 'integer', description: 'The version of the agent, which stays for the whole run.' })
  agent_version: number;

  @ApiProperty({ description: '`provider/model`', example: 'openai/gpt-4o' })
  model: string;

  @ApiProperty({ enum: RUN_STATUSES, description: 'How far it is; the last four are final.' })
  status: RunStatus;

  @ApiProperty({
    type: String,
    enum: ['tool', 'approval', 'input', 'rate_limit', 'timer', 'pause', 'thread', null],
    nullable: true,
    description: 'What a waiting run waits for.',
  })
  wait_kind: WaitKind | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why it ended.', example: 'end_turn' })
  stop_reason: StopReason | null;

  @ApiProperty({ type: RunErrorDto, nullable: true, description: 'Why it failed.' })
  error: RunErrorDto | null;

  @ApiProperty({ type: 'integer', description: 'The step that is next or under way, from 0.' })
  step: number;

  @ApiProperty({ type: 'integer', description: 'How often a worker has taken it.' })
  attempt: number;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The run whose call of an agent it answers; null: somebody asked for it.',
  })
  parent_run_id: string | null;

  @ApiProperty({ type: 'integer', description: 'How many runs are above it.' })
  depth: number;

  @ApiProperty({ enum: MULTITASK_STRATEGIES, description: 'What its request asked for should the thread be busy.' })
  multitask_strategy: MultitaskStrategy;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The run that it interrupted, or takes the place of (`rollback`).',
  })
  replaces_run_id: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description:
      'The message it answers. Null while the run waits for its thread (`wait_kind` is `thread`), and for one that ended ' +
      'while it did: a message joins the thread when its run starts.',
  })
  input_message_id: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Its answer, once there is one.' })
  output_message_id: string | null;

  @ApiProperty({ type: UsageDto, description: 'What it has used so far.' })
  usage: UsageDto;

  @ApiProperty({ format: 'date-time', description: 'When it was accepted.' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When a worker first took it.' })
  started_at: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it ended.' })
  finished_at: string | null;

  @ApiProperty({ format: 'date-time', description: 'When it expires unless it has ended.' })
  deadline_at: string;
}

export class RunResultDto implements RunResult {
  @ApiProperty({ type: RunDto, description: 'The run.' })
  run: RunDto;

  @ApiProperty({ type: String, nullable: true, description: 'The text it answered, once it has.' })
  response: string | null;

  @ApiAnyJson({ required: false, description: 'The validated answer of a run that has an output schema.' })
  output?: JsonValue;

  @ApiPropertyOptional({ type: [ApprovalDto], description: 'What people are still to decide; absent: nothing.' })
  approvals?: ApprovalDto[];
}
