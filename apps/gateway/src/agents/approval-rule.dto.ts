import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  type ApprovalRule,
  type ArgumentCondition,
  CONDITION_OPERATORS,
  type ConditionOperator,
  EXPIRY_POLICIES,
  type ExpiryPolicy,
  type JsonValue,
} from '@troupe/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsDefined,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { ApiAnyJson } from '../openapi/api-any-json.js';

const MAX_TOOLS = 130;
/** 90 days. */
const MAX_EXPIRY_SECONDS = 7_776_000;

class ArgumentConditionDto implements ArgumentCondition {
  @IsString()
  @Length(1, 200)
  @ApiProperty({ description: 'Name of the argument; dots lead into objects.', example: 'payment.amount' })
  argument: string;

  @IsIn(CONDITION_OPERATORS)
  @ApiProperty({
    enum: CONDITION_OPERATORS,
    description: 'An argument that is missing, or cannot be compared so, counts as one that meets the condition.',
  })
  op: ConditionOperator;

  @IsDefined()
  @ApiAnyJson({ description: 'What it is compared with; a list for `in` and `not_in`.', example: 50 })
  value: JsonValue;
}

export class ApprovalRuleDto implements ApprovalRule {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_TOOLS)
  @ArrayUnique()
  @IsString({ each: true })
  @ApiProperty({
    type: [String],
    description: "Names of the agent's tools; `*`: all of them, `effect`: those of that class.",
    example: ['refund_payment'],
  })
  tools: string[];

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ArgumentConditionDto)
  @ApiPropertyOptional({ type: ArgumentConditionDto, description: 'Only calls with such arguments; default: all.' })
  when?: ArgumentConditionDto;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  @ApiPropertyOptional({ type: [String], description: 'Who may decide, in your own words; default: anybody.' })
  roles?: string[];

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_EXPIRY_SECONDS)
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_EXPIRY_SECONDS,
    default: 604_800,
    description: 'Time to decide; the deadline of the run stands still meanwhile.',
  })
  expires_in_seconds?: number;

  @IsOptional()
  @IsIn(EXPIRY_POLICIES)
  @ApiPropertyOptional({
    enum: EXPIRY_POLICIES,
    default: 'reject',
    description: 'What becomes of the call when nobody decides; `fail` ends the run.',
  })
  on_expiry?: ExpiryPolicy;

  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  @ApiPropertyOptional({ description: 'What people are asked.', example: 'Shall this refund be paid?' })
  ask?: string;
}
