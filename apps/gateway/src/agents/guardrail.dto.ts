import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import {
  ATTACHMENT_KINDS,
  type AttachmentKind,
  type AttachmentsCheck,
  FAILURE_POLICIES,
  type FailurePolicy,
  GUARDRAIL_ACTIONS,
  GUARDRAIL_CHECKS,
  GUARDRAIL_MODES,
  GUARDRAIL_PLACES,
  type Guardrail,
  type GuardrailAction,
  type GuardrailCheck,
  type GuardrailMode,
  type GuardrailPlace,
  type InjectionCheck,
  type JudgeCheck,
  type MaxLengthCheck,
  type PatternsCheck,
  PII_KINDS,
  type PiiCheck,
  type PiiKind,
} from '@troupe/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
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
import { NotBlank } from '../input/not-blank.js';

const MAX_PATTERNS = 100;
const MAX_CHARACTERS = 1_000_000;

/** What a check of an unknown type is checked as. */
class GuardrailCheckDto {
  @IsIn(GUARDRAIL_CHECKS)
  @ApiProperty({ description: 'What is looked for.' })
  type: string;
}

class InjectionCheckDto implements InjectionCheck {
  @IsIn(['injection'])
  @ApiProperty({ enum: ['injection'], description: 'Rules that find what tries to take an agent over.' })
  type: 'injection';
}

class PatternsCheckDto implements PatternsCheck {
  @IsIn(['patterns'])
  @ApiProperty({ enum: ['patterns'], description: 'Regular expressions.' })
  type: 'patterns';

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_PATTERNS)
  @IsString({ each: true })
  @Length(1, 1_000, { each: true })
  @ApiProperty({
    type: [String],
    maxItems: MAX_PATTERNS,
    description: 'In RE2 syntax: no look-around, no back references.',
    example: ['project\\s+falcon'],
  })
  patterns: string[];

  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ default: false, description: 'Whether case matters.' })
  case_sensitive?: boolean;
}

class PiiCheckDto implements PiiCheck {
  @IsIn(['pii'])
  @ApiProperty({ enum: ['pii'], description: 'Personal data.' })
  type: 'pii';

  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(PII_KINDS, { each: true })
  @ApiProperty({
    enum: PII_KINDS,
    isArray: true,
    description: 'Card numbers and IBANs are told by their check digits.',
  })
  kinds: PiiKind[];
}

class MaxLengthCheckDto implements MaxLengthCheck {
  @IsIn(['max_length'])
  @ApiProperty({ enum: ['max_length'], description: 'Texts that are too long.' })
  type: 'max_length';

  @IsInt()
  @Min(1)
  @Max(MAX_CHARACTERS)
  @ApiProperty({ minimum: 1, maximum: MAX_CHARACTERS, description: 'Characters at most.' })
  characters: number;
}

class AttachmentsCheckDto implements AttachmentsCheck {
  @IsIn(['attachments'])
  @ApiProperty({ enum: ['attachments'], description: 'Pictures and files in what comes in.' })
  type: 'attachments';

  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(ATTACHMENT_KINDS, { each: true })
  @ApiPropertyOptional({ enum: ATTACHMENT_KINDS, isArray: true, description: 'Default: both.' })
  kinds?: AttachmentKind[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_PATTERNS)
  @IsString({ each: true })
  @Length(3, 100, { each: true })
  @ApiPropertyOptional({
    type: [String],
    maxItems: MAX_PATTERNS,
    description: 'Media types that may pass; `image/*` for all of a kind.',
    example: ['application/pdf'],
  })
  except?: string[];
}

class JudgeCheckDto implements JudgeCheck {
  @IsIn(['judge'])
  @ApiProperty({ enum: ['judge'], description: 'A model that decides.' })
  type: 'judge';

  @IsString()
  @NotBlank()
  @MaxLength(20_000)
  @ApiProperty({ description: 'What the text must not be or do.', example: 'The user asks to have homework done.' })
  instructions: string;

  @IsOptional()
  @IsString()
  @ApiPropertyOptional({
    description: "`provider/model`; default: the run's own. Another one is harder to talk into both.",
    example: 'openai/gpt-4o-mini',
  })
  model?: string;

  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({
    default: false,
    description: 'Whether the judge of input is shown pictures and files too, which its model has to be able to read.',
  })
  attachments?: boolean;
}

const CHECKS = [
  { name: 'injection', value: InjectionCheckDto },
  { name: 'patterns', value: PatternsCheckDto },
  { name: 'pii', value: PiiCheckDto },
  { name: 'max_length', value: MaxLengthCheckDto },
  { name: 'attachments', value: AttachmentsCheckDto },
  { name: 'judge', value: JudgeCheckDto },
];

@ApiExtraModels(...CHECKS.map(({ value }) => value))
export class GuardrailDto implements Guardrail {
  @IsString()
  @NotBlank()
  @MaxLength(100)
  @ApiProperty({ description: 'How events and people call it; unique within the agent.', example: 'no-homework' })
  name: string;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(GUARDRAIL_PLACES, { each: true })
  @ApiProperty({ enum: GUARDRAIL_PLACES, isArray: true, description: 'What it looks at.' })
  on: GuardrailPlace[];

  @IsObject()
  @ValidateNested()
  @Type(() => GuardrailCheckDto, {
    discriminator: { property: 'type', subTypes: CHECKS },
    keepDiscriminatorProperty: true,
  })
  @ApiProperty({
    oneOf: CHECKS.map(({ value }) => ({ $ref: getSchemaPath(value) })),
    description: 'What it looks for.',
  })
  check: GuardrailCheck;

  @IsOptional()
  @IsIn(GUARDRAIL_ACTIONS)
  @ApiPropertyOptional({
    enum: GUARDRAIL_ACTIONS,
    description:
      'What is done about it; default: `redact` for `pii`, else `block`. `rewrite` is for judges, `retry` for output.',
  })
  action?: GuardrailAction;

  @IsOptional()
  @IsIn(GUARDRAIL_MODES)
  @ApiPropertyOptional({
    enum: GUARDRAIL_MODES,
    default: 'parallel',
    description:
      'Of a judge on input: beside the model, with everything held until it is done, or before the model is called.',
  })
  mode?: GuardrailMode;

  @IsOptional()
  @IsIn(FAILURE_POLICIES)
  @ApiPropertyOptional({
    enum: FAILURE_POLICIES,
    default: 'block',
    description: 'What happens when the check itself fails.',
  })
  on_failure?: FailurePolicy;

  @IsOptional()
  @IsString()
  @NotBlank()
  @MaxLength(2_000)
  @ApiPropertyOptional({ description: 'What is said in place of what was blocked.', example: 'I do not do homework.' })
  message?: string;

  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(130)
  @ArrayUnique()
  @IsString({ each: true })
  @ApiPropertyOptional({ type: [String], description: 'Of `tool_input` and `tool_output`: only these; default: all.' })
  tools?: string[];
}
