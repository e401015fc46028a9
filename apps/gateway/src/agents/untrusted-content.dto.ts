import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type AllowedTarget, EFFECT_POLICIES, type EffectPolicy, type UntrustedContent } from '@troupe/contracts';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  Length,
} from 'class-validator';
import { ListOf } from '../input/list-of.js';
import { PlainValues } from './plain-values.js';

const MAX_TARGETS = 100;
const MAX_VALUES = 1_000;

class AllowedTargetDto implements AllowedTarget {
  @IsString()
  @ApiProperty({ description: "One of the agent's tools.", example: 'send_mail' })
  tool: string;

  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ description: 'The argument that is the target; default: any arguments.', example: 'to' })
  argument?: string;

  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_VALUES)
  @PlainValues()
  @ApiPropertyOptional({
    type: 'array',
    items: { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
    description: 'The argument must be exactly one of these.',
    example: ['me@example.com'],
  })
  values?: (string | number | boolean)[];
}

export class UntrustedContentDto implements UntrustedContent {
  @IsOptional()
  @IsIn(EFFECT_POLICIES)
  @ApiPropertyOptional({
    enum: EFFECT_POLICIES,
    default: 'approval',
    description:
      'What becomes of calls of the classes `effect` and `idempotent` once words of strangers are in the conversation.',
  })
  effect_tools?: EffectPolicy;

  @IsOptional()
  @ListOf(() => AllowedTargetDto)
  @ArrayMaxSize(MAX_TARGETS)
  @ApiPropertyOptional({ type: [AllowedTargetDto], description: 'Calls that are made all the same.' })
  allow?: AllowedTargetDto[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(130)
  @ArrayUnique()
  @IsString({ each: true })
  @ApiPropertyOptional({ type: [String], description: 'Tools whose results no stranger can have written.' })
  trusted_tools?: string[];

  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ default: true, description: 'Whether facts about the user count as untrusted.' })
  facts?: boolean;

  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ default: true, description: 'Whether pictures and files that users send count as untrusted.' })
  attachments?: boolean;
}
