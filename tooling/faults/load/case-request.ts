import type { Random } from '../random.js';
import { agentAsked, type CasePlan } from './case-plan.js';
import { drawPlan } from './draw-plan.js';

/** One run as its client is going to ask for it and follow it. */
export interface CaseRequest {
  plan: CasePlan;
  mode: 'stream' | 'background' | 'wait';
  /** Sent with an Idempotency-Key: then it is sent until somebody answers. */
  keyed: boolean;
  /** Sent twice with the same key, the second time to another gateway. */
  duplicated: boolean;
  cancelAfterMs?: number;
  /** After how many events the reader leaves, connection by connection. */
  leavesAfter: number[];
  /** Its events are read once more from the beginning after the end. */
  replayed: boolean;
  /** The run is asked for at the end, too. */
  asked: boolean;
  /** Somebody of another tenant asks for it. */
  foreign: boolean;
}

/** The mix of the load, as probabilities. */
const MIX = {
  background: 0.25,
  wait: 0.15,
  keyed: 0.7,
  duplicated: 0.07,
  cancelled: 0.05,
  cancelledAmongOthers: 0.2,
  leaves: 0.3,
  replayed: 0.1,
  asked: 0.3,
  foreign: 0.03,
};

export function drawCase(id: string, random: Random): CaseRequest {
  const plan = drawPlan(id, random);
  const mode = random.next();
  const keyed = random.chance(MIX.keyed);
  // A cancel has more to do where runs work below the run.
  const cancelled = plan.rounds.flat().some(agentAsked) ? MIX.cancelledAmongOthers : MIX.cancelled;
  return {
    plan,
    mode: mode < MIX.background ? 'background' : mode < MIX.background + MIX.wait ? 'wait' : 'stream',
    keyed,
    duplicated: keyed && random.chance(MIX.duplicated),
    ...(random.chance(cancelled) && { cancelAfterMs: random.integer(0, 1_500) }),
    leavesAfter: random.chance(MIX.leaves)
      ? Array.from({ length: random.integer(1, 3) }, () => random.integer(0, 25))
      : [],
    replayed: random.chance(MIX.replayed),
    asked: random.chance(MIX.asked),
    foreign: random.chance(MIX.foreign),
  };
}
