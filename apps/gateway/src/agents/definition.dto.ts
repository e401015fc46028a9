import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { AgentDefinition } from '@troupe/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { ListOf } from '../input/list-of.js';

export class PersonalityDto implements NonNullable<AgentDefinition['personality']> {
  @IsOptional()
  @IsString()
  @MaxLength(5_000)
  @ApiPropertyOptional({ description: 'How it sounds.', example: 'warm, playful' })
  tone?: string;

  @IsOptional()
  @IsString()
  @MaxLength(5_000)
  @ApiPropertyOptional({ description: 'How it writes.', example: 'short paragraphs, plain words' })
  style?: string;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @MaxLength(1_000, { each: true })
  @ApiPropertyOptional({ type: [String], description: 'What it is like.' })
  traits?: string[];
}

export class ExampleDto {
  @IsString()
  @IsNotEmpty()
  @MaxLength(20_000)
  @ApiProperty({ description: 'What a user says.' })
  user: string;

  @IsString()
  @IsNotEmpty()
  @MaxLength(20_000)
  @ApiProperty({ description: 'What the agent answers to that.' })
  assistant: string;
}

export class DefinitionDto implements AgentDefinition {
  @IsString()
  @IsNotEmpty()
  @MaxLength(50_000)
  @ApiProperty({ description: 'What the agent is, in the second person.', example: 'You help to plan campaigns.' })
  role: string;

  @IsOptional()
  @IsString()
  @MaxLength(50_000)
  @ApiPropertyOptional({ description: 'What it is after.' })
  goal?: string;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(200)
  @IsString({ each: true })
  @MaxLength(5_000, { each: true })
  @ApiPropertyOptional({ type: [String], description: 'What it must and must not do.' })
  constraints?: string[];

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => PersonalityDto)
  @ApiPropertyOptional({ type: PersonalityDto, description: 'How it comes across.' })
  personality?: PersonalityDto;

  @IsOptional()
  @ListOf(() => ExampleDto)
  @ArrayMaxSize(100)
  @ApiPropertyOptional({ type: [ExampleDto], description: 'Answers to learn from.' })
  examples?: ExampleDto[];

  @IsOptional()
  @IsString()
  @MaxLength(200_000)
  @ApiPropertyOptional({ description: 'Free text after everything else.' })
  instructions?: string;
}
