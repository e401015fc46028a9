import { getQueueToken } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import { type RunResult, type RunStatus, TroupeError } from '@troupe/contracts';
import { Database, findJobKind, type JobKind, readRun } from '@troupe/database';
import { llmQueue, memoryQueue, summariesQueue, toolsQueue } from '@troupe/queues';
import type { JobState, Queue } from 'bullmq';
import type { JobDto, JobStatus } from './jobs.dto.js';
import { parseJobId } from './parse-job-id.js';

const RUN_STATES: Record<RunStatus, JobStatus> = {
  queued: 'pending',
  running: 'processing',
  waiting: 'processing',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'failed',
  expired: 'failed',
};

const JOB_STATES: Record<JobState, JobStatus> = {
  waiting: 'pending',
  'waiting-children': 'pending',
  delayed: 'pending',
  prioritized: 'pending',
  active: 'processing',
  completed: 'completed',
  failed: 'failed',
};

/** Shows jobs to the tenant whose work they are: a job's row, never the job, says whose that is. */
@Injectable()
export class JobsService {
  readonly #queues: Record<JobKind, Queue>;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(getQueueToken(llmQueue.name)) private readonly turns: Queue,
    @Inject(getQueueToken(toolsQueue.name)) tools: Queue,
    @Inject(getQueueToken(memoryQueue.name)) memory: Queue,
    @Inject(getQueueToken(summariesQueue.name)) summaries: Queue,
  ) {
    this.#queues = {
      'execute-tool': tools,
      'extract-facts': memory,
      'title-thread': summaries,
      'summarize-thread': summaries,
    };
  }

  /** @throws TroupeError `not_found`, for another tenant's job too; `redis_unavailable` */
  async read(tenantId: string, id: string): Promise<JobDto> {
    const name = parseJobId(id);
    if (!name) throw jobNotFound(id);
    if (name.type === 'work') {
      const kind = await findJobKind(this.database, tenantId, name.rowId);
      if (!kind) throw jobNotFound(id);
      return readJob(this.#queues[kind], id);
    }
    const result = await this.#run(tenantId, name.runId, id);
    return name.type === 'run' ? jobOfRun(result) : readJob(this.turns, id);
  }

  async #run(tenantId: string, runId: string, jobId: string): Promise<RunResult> {
    try {
      return await readRun(this.database, tenantId, runId);
    } catch (error) {
      throw error instanceof TroupeError && error.code === 'run_not_found' ? jobNotFound(jobId) : error;
    }
  }
}

async function readJob(queue: Queue, id: string): Promise<JobDto> {
  const { job, state } = await find(queue, id);
  if (!job || state === 'unknown') throw jobNotFound(id);
  return {
    id,
    queue: queue.name,
    name: job.name,
    status: JOB_STATES[state],
    created_at: new Date(job.timestamp).toISOString(),
    finished_at: job.finishedOn === undefined ? null : new Date(job.finishedOn).toISOString(),
    // The worker's own words may hold what is not meant for callers.
    ...(state === 'failed' && {
      error: 'A worker failed at this job. Its log has the reason under the id of the job.',
    }),
  };
}

async function find(queue: Queue, id: string) {
  try {
    const [job, state] = await Promise.all([queue.getJob(id), queue.getJobState(id)]);
    return { job, state };
  } catch (error) {
    throw new TroupeError({
      code: 'redis_unavailable',
      fault: 'server',
      message: 'Redis cannot be reached, and jobs are there. Runs go on: /api/runs/{run_id} tells of them.',
      retryable: true,
      retryAfterMs: 1_000,
      cause: error,
    });
  }
}

function jobOfRun({ run }: RunResult): JobDto {
  const status = RUN_STATES[run.status];
  return {
    id: run.id,
    queue: llmQueue.name,
    name: 'advance-run',
    status,
    created_at: run.created_at,
    finished_at: run.finished_at,
    ...(status === 'failed' && { error: run.error?.message ?? `The run is ${run.status}.` }),
  };
}

function jobNotFound(id: string): TroupeError {
  const message = `There is no job ${id.slice(0, 100)}, or it ended long ago. /api/runs/{run_id} knows every run.`;
  return new TroupeError({ code: 'not_found', fault: 'caller', message });
}
