import type { Worker } from 'bullmq';

export interface TroubleLog {
  error(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/** How often lost connections are logged, in milliseconds: while Redis is away BullMQ reports each try to reconnect. */
const CONNECTION_LOG_INTERVAL_MS = 30_000;

/** Logs jobs that threw and lost connections. A worker without a listener for its errors ends its process. */
export function reportTrouble(worker: Worker, log: TroubleLog): void {
  let loggedAt = Number.NEGATIVE_INFINITY;
  worker.on('failed', (job, error) => log.error({ err: error, job: job?.id }, `${worker.name}: a job failed`));
  worker.on('error', (error) => {
    if (performance.now() - loggedAt < CONNECTION_LOG_INTERVAL_MS) return;
    loggedAt = performance.now();
    log.warn({ reason: error.message }, `${worker.name}: Redis cannot be used; due rows are polled from Postgres`);
  });
}
