import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  type AgentTool,
  HANDOFF_HISTORIES,
  type Handoff,
  type HandoffHistory,
  type JsonSchema,
} from '@troupe/contracts';
import {
  ArrayMaxSize,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
} from 'class-validator';
import { ListOf } from '../input/list-of.js';

const MAX_AGENTS = 32;

const INPUT_SCHEMA =
  'JSON Schema of what the model sends along, an object at its top; at most 16 KiB, without `$ref` and `pattern`.';

export class HandoffDto implements Handoff {
  @IsString()
  @Length(1, 100)
  @ApiProperty({ description: 'Slug of the agent that takes over.', example: 'math-tutor' })
  agent: string;

  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  @ApiPropertyOptional({ description: 'When to hand over, for the model; default: what the agent says of itself.' })
  description?: string;

  @IsOptional()
  @IsObject()
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: `${INPUT_SCHEMA} Default: nothing.`,
    example: { type: 'object', properties: { reason: { type: 'string' } }, required: ['reason'] },
  })
  input_schema?: JsonSchema;

  @IsOptional()
  @IsIn(HANDOFF_HISTORIES)
  @ApiPropertyOptional({
    enum: HANDOFF_HISTORIES,
    default: 'full',
    description:
      'What the agent is shown of what was said before it took over: everything, only what was said (no calls of ' +
      'tools), or only the newest message of the user.',
  })
  history?: HandoffHistory;

  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ default: true, description: 'Whether the model is offered it.' })
  enabled?: boolean;
}

export class AgentToolDto implements AgentTool {
  @IsString()
  @Length(1, 100)
  @ApiProperty({ description: 'Slug of the agent that is called.', example: 'researcher' })
  agent: string;

  @IsOptional()
  @IsString()
  @Matches(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, {
    message: 'name must begin with a letter, and hold letters, digits, "_" and "-", 64 at most',
  })
  @ApiPropertyOptional({ description: 'What the tool is called; default: `ask_<agent>`.', example: 'ask_researcher' })
  name?: string;

  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  @ApiPropertyOptional({ description: 'When to call it, for the model; default: what the agent says of itself.' })
  description?: string;

  @IsOptional()
  @IsObject()
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: `${INPUT_SCHEMA} The agent reads it as JSON. Default: one text, \`input\`.`,
  })
  input_schema?: JsonSchema;
}

/** The `handoffs` of an agent. */
export const HandoffsField = () =>
  applyDecorators(
    IsOptional(),
    ListOf(() => HandoffDto),
    ArrayMaxSize(MAX_AGENTS),
    ApiPropertyOptional({
      type: [HandoffDto],
      maxItems: MAX_AGENTS,
      nullable: true,
      description: 'Agents that may take the conversation over; each is a tool `transfer_to_<agent>`. Default: none.',
    }),
  );

/** The `agents` of an agent. */
export const AgentToolsField = () =>
  applyDecorators(
    IsOptional(),
    ListOf(() => AgentToolDto),
    ArrayMaxSize(MAX_AGENTS),
    ApiPropertyOptional({
      type: [AgentToolDto],
      maxItems: MAX_AGENTS,
      nullable: true,
      description:
        'Agents that it calls like tools: each call is a run of its own, on a thread of its own. Default: none.',
    }),
  );
