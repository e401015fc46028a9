import type { TroupeError } from '@troupe/contracts';
import { countQueuedRuns, type Database } from '@troupe/database';
import { atMostEvery, type Logger, type Metrics } from '@troupe/observability';
import { Admission } from './admission.js';
import type { Limits } from './limits.js';
import type { ProcessLoad } from './process-load.js';
import { QueueDepth } from './queue-depth.js';

/** In an overload every request is refused; it is logged this often. Milliseconds. */
const LOG_EVERY_MS = 10_000;

export interface CreateAdmissionOptions {
  database: Database;
  limits: Limits;
  load: ProcessLoad;
  logger: Logger;
  metrics: Metrics;
}

/** The admission of one gateway, which looks at its database and at its own process. */
export function createAdmission({ database, limits, load, logger, metrics }: CreateAdmissionOptions): Admission {
  const depth = new QueueDepth({
    count: () => countQueuedRuns(database, limits.queuedRuns),
    onError: (error) => logger.debug({ err: error }, 'queued runs could not be counted'),
  });
  const logRefusal = atMostEvery(LOG_EVERY_MS, (error: TroupeError) =>
    logger.warn({ code: error.code, reason: error.message }, 'new work is being refused'),
  );
  const onRefusal = (error: TroupeError) => {
    metrics.runsRefused.inc({ code: error.code });
    logRefusal(error);
  };
  return new Admission({ limits, depth, load, onRefusal });
}
