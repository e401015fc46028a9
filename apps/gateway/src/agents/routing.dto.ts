import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Routing, RoutingConditions, RoutingRule } from '@troupe/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsBoolean,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { ListOf } from '../input/list-of.js';
import { NamedModels } from './named-models.js';

const MAX_RULES = 50;
const MAX_TOKENS = 10_000_000;
const MAX_TURNS = 100;

class RoutingConditionsDto implements RoutingConditions {
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_TOKENS)
  @ApiPropertyOptional({ minimum: 0, maximum: MAX_TOKENS, description: 'Input tokens at least, as estimated.' })
  min_input_tokens?: number;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_TOKENS)
  @ApiPropertyOptional({ minimum: 0, maximum: MAX_TOKENS, description: 'Input tokens at most, as estimated.' })
  max_input_tokens?: number;

  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ description: 'Whether the model may call tools.' })
  has_tools?: boolean;

  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ description: 'Whether the model is shown a picture, also one from earlier in the thread.' })
  has_images?: boolean;

  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ description: 'Whether the model is shown a file, also one from earlier in the thread.' })
  has_files?: boolean;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_TURNS)
  @ApiPropertyOptional({
    minimum: 1,
    maximum: MAX_TURNS,
    description: 'First model turn of a run that is meant, from 1. A rule of turns may change the model within a run.',
  })
  min_turn?: number;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_TURNS)
  @ApiPropertyOptional({ minimum: 1, maximum: MAX_TURNS, description: 'Last model turn of a run that is meant.' })
  max_turn?: number;

  @IsOptional()
  @IsNumber()
  @Min(0)
  @ApiPropertyOptional({
    minimum: 0,
    description: 'Holds when the tightest of the budgets that bind the call has less left than this. US dollars.',
  })
  budget_below_usd?: number;
}

class RoutingRuleDto implements RoutingRule {
  @IsObject()
  @ValidateNested()
  @Type(() => RoutingConditionsDto)
  @ApiProperty({ type: RoutingConditionsDto, description: 'All of it has to hold; nothing in it: it always holds.' })
  when: RoutingConditionsDto;

  @IsString()
  @ApiProperty({ description: 'Name of a tier.', example: 'complex' })
  use: string;
}

export class RoutingDto implements Routing {
  @NamedModels()
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Models by the kind of task, under names of your own.',
    example: { simple: 'ollama/llama3.1', complex: 'anthropic/claude-sonnet-4-5' },
  })
  tiers: Record<string, string>;

  @IsOptional()
  @IsString()
  @ApiPropertyOptional({
    description: "The tier of requests that no rule speaks of; default: the agent's `model`.",
    example: 'simple',
  })
  default?: string;

  @IsOptional()
  @ListOf(() => RoutingRuleDto)
  @ArrayMaxSize(MAX_RULES)
  @ApiPropertyOptional({ type: [RoutingRuleDto], maxItems: MAX_RULES, description: 'The first that holds decides.' })
  rules?: RoutingRuleDto[];
}
