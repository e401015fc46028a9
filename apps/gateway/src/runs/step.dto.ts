import { ApiProperty } from '@nestjs/swagger';
import type {
  EffectClass,
  JsonObject,
  RouteReason,
  RouteTry,
  RunStep,
  StepRoute,
  ToolCall,
  ToolCallState,
} from '@troupe/contracts';
import { UsageDto } from './usage.dto.js';

const ROUTE_REASONS = ['request_model', 'request_tier', 'rule', 'default_tier', 'agent_model', 'kept'] as const;
const TOOL_CALL_STATES = ['awaiting', 'prepared', 'dispatched', 'completed', 'failed', 'unknown', 'cancelled'] as const;

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
    description:
      'How far it is; `awaiting`: a person has to decide; `unknown`: it was sent, and nobody knows how it ended.',
  })
  state: ToolCallState;

  @ApiProperty({ type: String, nullable: true, description: 'What the model reads.' })
  result: string | null;

  @ApiProperty({ format: 'date-time', description: 'When the model asked for it.' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it ended.' })
  finished_at: string | null;
}

class RouteTryDto implements RouteTry {
  @ApiProperty({ description: '`provider/model`', example: 'openai/gpt-4o' })
  model: string;

  @ApiProperty({ description: '`completed`, or the code of the error.', example: 'provider_overloaded' })
  outcome: string;
}

class StepRouteDto implements StepRoute {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The tier; null: no tier chose the model.',
    example: 'complex',
  })
  tier: string | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: "Place of the rule that decided among those of the agent's version, from 0.",
  })
  rule: number | null;

  @ApiProperty({
    enum: ROUTE_REASONS,
    description:
      'What decided; `agent_model`: the agent has one model, or no rule spoke of the request; `kept`: the run keeps the ' +
      'model that answered its turn before.',
  })
  reason: RouteReason;

  @ApiProperty({ type: [RouteTryDto], description: 'The requests that it took, in order.' })
  tried: RouteTryDto[];
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

  @ApiProperty({
    type: StepRouteDto,
    nullable: true,
    description: 'Why this model answered; null where there was no choice.',
  })
  route: StepRouteDto | null;

  @ApiProperty({ type: [ToolCallDto], description: 'The calls of a tool round.' })
  tool_calls: ToolCallDto[];

  @ApiProperty({ format: 'date-time', description: 'When it began.' })
  started_at: string;

  @ApiProperty({ format: 'date-time', description: 'When it was stored.' })
  finished_at: string;
}
