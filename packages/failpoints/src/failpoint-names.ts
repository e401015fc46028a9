/**
 * Every place where a process may be made to die: each side of everything that becomes durable or leaves the process.
 * Named after what has happened, or is about to, when the point is reached.
 */
export const FAILPOINTS = [
  // gateway
  'accept.before-commit',
  'accept.after-commit',
  'accept.after-ring',
  'cancel.after-commit',
  'approval.after-decision',
  'stream.before-frames',
  'stream.before-end',
  // llm-worker
  'advance.before-claim',
  'advance.after-claim',
  'turn.before-call',
  'turn.first-event',
  'turn.any-event',
  'turn.tool-call',
  'turn.after-answer',
  'turn.after-failure',
  'commit.before',
  'commit.after',
  'commit.after-publish',
  'commit.after-ring',
  'commit.before-cancel',
  'subrun.before-result',
  'subrun.after-result',
  'lease.before-renewal',
  'lease.after-renewal',
  'reconcile.found',
  'reconcile.before-expiry',
  'reconcile.after-expiry',
  'drain.begun',
  'drain.before-hand-back',
  // the event log, in llm-worker and tool-worker
  'events.before-publish',
  'events.after-publish',
  'events.before-store',
  'events.after-store',
  // tool-worker
  'tool.before-dispatch',
  'tool.after-dispatch',
  'subrun.after-start',
  'tool.after-send',
  'tool.before-commit',
  'tool.after-commit',
  'tool.after-publish',
  'tool.after-ring',
  'tool.before-unknown',
  // memory-extractor and summary-worker
  'follow-up.before-claim',
  'follow-up.after-claim',
  'follow-up.after-call',
  'follow-up.after-finish',
] as const;

export type Failpoint = (typeof FAILPOINTS)[number];
