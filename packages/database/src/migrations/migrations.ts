import { Initial1700000000001 } from './0001-initial.js';
import { PauseAndReplay1700000000002 } from './0002-pause-and-replay.js';
import { IdempotentAnswers1700000000003 } from './0003-idempotent-answers.js';
import { DoubleTexting1700000000004 } from './0004-double-texting.js';
import { Limits1700000000005 } from './0005-limits.js';
import { Budgets1700000000006 } from './0006-budgets.js';
import { Batches1700000000007 } from './0007-batches.js';
import { CallRoutes1700000000008 } from './0008-call-routes.js';
import { Guardrails1700000000009 } from './0009-guardrails.js';
import { Approvals1700000000010 } from './0010-approvals.js';
import { HandoffsAndSubruns1700000000011 } from './0011-handoffs-and-subruns.js';
import { RunOutput1700000000012 } from './0012-run-output.js';
import { UntrustedThreads1700000000013 } from './0013-untrusted-threads.js';
import { Responses1700000000015 } from './0015-responses.js';

/** Every change of the schema, in order. One that was released is never edited. */
export const migrations = [
  Initial1700000000001,
  PauseAndReplay1700000000002,
  IdempotentAnswers1700000000003,
  DoubleTexting1700000000004,
  Limits1700000000005,
  Budgets1700000000006,
  Batches1700000000007,
  CallRoutes1700000000008,
  Guardrails1700000000009,
  Approvals1700000000010,
  HandoffsAndSubruns1700000000011,
  RunOutput1700000000012,
  UntrustedThreads1700000000013,
  Responses1700000000015,
];
