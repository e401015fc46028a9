import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  APPROVAL_VERBS,
  type ApprovalDecision,
  type ApprovalVerb,
  type JsonObject,
  type JsonValue,
  STICKY_SCOPES,
  type StickyScope,
} from '@troupe/contracts';
import { Allow, IsIn, IsObject, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { ApiAnyJson } from '../openapi/api-any-json.js';

export class ApprovalDecisionDto implements ApprovalDecision {
  @IsIn(APPROVAL_VERBS)
  @ApiProperty({
    enum: APPROVAL_VERBS,
    description: 'A call is approved or rejected, a question answered or rejected.',
  })
  decision: ApprovalVerb;

  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  @ApiPropertyOptional({ description: 'For the model: why not, or what to do instead.' })
  message?: string;

  @IsOptional()
  @IsObject()
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: "With `approve`: sent in place of those that were proposed. They must fit the tool's schema.",
  })
  arguments?: JsonObject;

  @Allow()
  @ApiAnyJson({ required: false, description: 'With `answer`: valid by the response schema.' })
  answer?: JsonValue;

  @IsOptional()
  @IsIn(STICKY_SCOPES)
  @ApiPropertyOptional({
    enum: STICKY_SCOPES,
    description: 'Decides later calls of the same tool alike: in this run, or by this agent on this thread.',
  })
  sticky?: StickyScope;

  @IsOptional()
  @IsString()
  @Length(1, 100)
  @ApiPropertyOptional({
    description: "One of the approval's roles, where it has some. The application vouches for it.",
  })
  role?: string;

  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ description: "Who decided, in the application's own words.", example: 'ada@example.com' })
  decided_by?: string;
}
