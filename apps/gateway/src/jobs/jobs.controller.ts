import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { JobDto } from './jobs.dto.js';
import { JobsService } from './jobs.service.js';

@ApiTags('jobs')
@Controller('api/jobs')
export class JobsController {
  constructor(@Inject(JobsService) private readonly jobs: JobsService) {}

  @Get(':job_id')
  @ApiOperation({ summary: 'A job of a queue, or how far a run is' })
  @ApiParam({ name: 'job_id', description: "A job's id as the dashboard shows it, or the id of a run." })
  @ApiOkResponse({ type: JobDto })
  read(@CurrentCaller() { tenantId }: Caller, @Param('job_id') id: string): Promise<JobDto> {
    return this.jobs.read(tenantId, id.toLowerCase());
  }
}
