import type { Logger } from 'pino';

/** A started app. */
export interface RunningApp {
  /** Finishes or hands back what is under way and closes connections. */
  stop(): Promise<void>;
  /** Where it can be reached, if it listens. */
  url?: string;
}

export interface ProcessOptions {
  name: string;
  logger: Logger;
  start: () => Promise<RunningApp>;
  /** Limit for `stop()`, after which the process ends with code 1. Milliseconds. */
  stopWithinMs?: number;
}

/** Kubernetes kills after 30 s unless told otherwise, so a stop that needs longer would be cut off anyway. */
const STOP_WITHIN_MS = 25_000;

const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;

/**
 * The life of an app's process: starts it, tells a parent over IPC `{ type: 'ready', url }`, and stops it on SIGTERM,
 * SIGINT or when the parent's IPC channel closes. Exit codes: 0 after a clean stop; 1 when the start failed, the stop failed or took
 * too long, or an exception was not caught; 128 + signal when a second signal cuts the stop short. Resolves once started.
 */
export async function runProcess({
  name,
  logger,
  start,
  stopWithinMs = STOP_WITHIN_MS,
}: ProcessOptions): Promise<void> {
  let app: Promise<RunningApp> | undefined;
  let stopping = false;

  const stop = async (reason: string, exitCode: 0 | 1): Promise<void> => {
    stopping = true;
    logger.info({ reason }, `${name} is stopping`);
    setTimeout(() => {
      logger.error(`${name} did not stop within ${stopWithinMs / 1000} s and ends now`);
      process.exit(1);
    }, stopWithinMs).unref();
    try {
      // A stop that arrives during the start waits for it: half a start cannot be undone.
      await (await app)?.stop();
    } catch (error) {
      logger.error({ err: error }, `${name} did not stop cleanly`);
      process.exit(1);
    }
    logger.info(`${name} has stopped`);
    process.exit(exitCode);
  };

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(128 + SIGNAL_NUMBERS[signal]);
      void stop(signal, 0);
    });
  }
  process.on('disconnect', () => {
    if (!stopping) void stop('the parent process is gone', 0);
  });
  process.on('unhandledRejection', (error) =>
    logger.error({ err: error }, 'a promise was rejected and nobody handled it'),
  );
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'an exception was not caught');
    if (!stopping) void stop('an exception was not caught', 1);
  });

  if (process.connected === false) return stop('the parent process is gone', 0);
  try {
    app = start();
    const { url } = await app;
    logger.info(url === undefined ? {} : { url }, `${name} is ready`);
    // A parent that went away in this very moment is told by 'disconnect'; without the callback it would be an exception.
    if (process.connected) process.send?.({ type: 'ready', url }, undefined, undefined, () => undefined);
  } catch (error) {
    if (stopping) return;
    logger.fatal({ err: error }, `${name} could not start`);
    process.exit(1);
  }
}
