import { ApiProperty } from '@nestjs/swagger';
import type { EffectClass, JsonObject, RunStep, ToolCall, ToolCallState } from '@troupe/contracts';
import { UsageDto } from './usage.dto.js';

const TOOL_CALL_STATES = ['prepared', 'dispatched', 'completed', 'failed', 'unknown', 'cancelled'] as const;

class ToolCallDto implements ToolCall {
  @ApiProperty({ format: 'uuid', description: 'The call.' })
  id: string;

  @ApiProperty({ format: 'uuid', description: 'Its run.' })
  run_id: string;

  @ApiProperty({ type: 'integer', description: 'The step that it belongs to.' })
  step: number;

  @ApiProperty({ type: 'integer', description: 'Its place among the calls of the step, from 0.' })
  index: number;

  @ApiProperty({ description: 'The tool.', example: 'calculate' })
  name: string;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'What the model gave it.' })
  arguments: JsonObject;

  @ApiProperty({
    enum: ['read', 'idempotent', 'effect'],
    description: '`read` may repeat, `idempotent` may be sent again, `effect` is sent at most once.',
  })
  effect: EffectClass;

  @ApiProperty({
    enum: TOOL_CALL_STATES,
    description: 'How far it is; `unknown`: it was sent, and nobody knows how it ended.',
  })
  state: ToolCallState;

  @ApiProperty({ type: String, nullable: true, description: 'What the model reads.' })
  result: string | null;

  @ApiProperty({ format: 'date-time', description: 'When the model asked for it.' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it ended.' })
  finished_at: string | null;
}

export class RunStepDto implements RunStep {
  @ApiProperty({ format: 'uuid', description: 'The run.' })
  run_id: string;

  @ApiProperty({ type: 'integer', description: 'Its place in the run, from 0.' })
  index: number;

  @ApiProperty({ enum: ['model', 'tools'], description: 'A model turn, or the tool calls of one.' })
  kind: 'model' | 'tools';

  @ApiProperty({ type: 'integer', description: 'The attempt that finished it.' })
  attempt: number;

  @ApiProperty({ type: String, nullable: true, description: '`provider/model` of a model turn.' })
  model: string | null;

  @ApiProperty({ type: String, nullable: true, description: "Why the turn ended, in the provider's word." })
  finish_reason: string | null;

  @ApiProperty({ type: UsageDto, nullable: true, description: 'What the turn used.' })
  usage: UsageDto | null;

  @ApiProperty({ type: [ToolCallDto], description: 'The calls of a tool round.' })
  tool_calls: ToolCallDto[];

  @ApiProperty({ format: 'date-time', description: 'When it began.' })
  started_at: string;

  @ApiProperty({ format: 'date-time', description: 'When it was stored.' })
  finished_at: string;
}
