import { ApiPropertyOptional } from '@nestjs/swagger';
import type { RunStatus, StopReason } from '@troupe/contracts';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { PageQueryDto } from '../input/page-query.dto.js';
import { RUN_STATUSES } from './run-statuses.js';
import { STOP_REASONS } from './stop-reasons.js';

/** Which runs of a list. */
export class RunsQueryDto extends PageQueryDto {
  @IsOptional()
  @IsIn(RUN_STATUSES)
  @ApiPropertyOptional({ enum: RUN_STATUSES, description: 'Only runs of this status.' })
  status?: RunStatus;

  @IsOptional()
  @IsIn(STOP_REASONS)
  @ApiPropertyOptional({ enum: STOP_REASONS, description: 'Only runs that ended for this reason.' })
  stop_reason?: StopReason;

  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ description: 'Only runs of the agent with this slug.', example: 'cherry' })
  agent?: string;
}
