import { ApiPropertyOptional } from '@nestjs/swagger';
import { APPROVAL_KINDS, APPROVAL_STATES, type ApprovalKind, type ApprovalState } from '@troupe/contracts';
import { IsIn, IsOptional, IsString, IsUUID, Length } from 'class-validator';
import { PageQueryDto } from '../input/page-query.dto.js';

/** Which approvals of a list. */
export class ApprovalsQueryDto extends PageQueryDto {
  @IsOptional()
  @IsIn(APPROVAL_STATES)
  @ApiPropertyOptional({ enum: APPROVAL_STATES, description: 'Only those; `pending`: what is to be decided now.' })
  state?: ApprovalState;

  @IsOptional()
  @IsIn(APPROVAL_KINDS)
  @ApiPropertyOptional({ enum: APPROVAL_KINDS, description: 'Only calls, or only questions.' })
  kind?: ApprovalKind;

  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ description: 'Only of runs of this end user.' })
  user_id?: string;

  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ description: 'Only of the agent with this slug.', example: 'cherry' })
  agent?: string;

  @IsOptional()
  @IsUUID()
  @ApiPropertyOptional({ format: 'uuid', description: 'Only of this thread.' })
  thread_id?: string;

  @IsOptional()
  @IsUUID()
  @ApiPropertyOptional({ format: 'uuid', description: 'Only of this run and of those that it called.' })
  run_id?: string;
}
