import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export const JOB_STATUSES = ['pending', 'processing', 'completed', 'failed'] as const;

export type JobStatus = (typeof JOB_STATUSES)[number];

export class JobDto {
  @ApiProperty({ description: 'As it was asked for.' })
  id: string;

  @ApiProperty({ enum: ['llm', 'tools', 'memory', 'summaries'], description: 'The queue it is in.' })
  queue: string;

  @ApiProperty({ description: 'What it does.', example: 'advance-run' })
  name: string;

  @ApiProperty({ enum: JOB_STATUSES, description: 'How far it is.' })
  status: JobStatus;

  @ApiProperty({ format: 'date-time', description: 'When it was queued.' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it ended.' })
  finished_at: string | null;

  @ApiPropertyOptional({ description: 'Why it failed.' })
  error?: string;
}
