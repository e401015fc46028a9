/** What a model reads of a tool that nobody saw to its end. */
export const WORKER_DIED =
  'Outcome unknown: the worker that ran this tool died before it could tell. The tool may or may not have had its ' +
  'effect, so it is not run again. Check before you repeat it.';
export const WORKER_STOPPED =
  'Outcome unknown: the worker that ran this tool was shut down before the tool was done. The tool may or may not have ' +
  'had its effect, so it is not run again. Check before you repeat it.';
export const STOPPED_WITH_RUN =
  'Outcome unknown: the run ended while this tool was running, so the tool was stopped. It may or may not have had its ' +
  'effect. Check before you repeat it.';
export const CANCELLED_WITH_RUN = 'Not finished: the run ended while this tool was running, so the tool was stopped.';
