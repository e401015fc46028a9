import type { Random } from '../random.js';
import { type CasePlan, TOOLS, type ToolName } from './case-message.js';

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
  tools: 0.4,
  parallelTools: 0.3,
  long: 0.15,
  background: 0.25,
  wait: 0.15,
  keyed: 0.7,
  duplicated: 0.07,
  cancelled: 0.05,
  leaves: 0.3,
  replayed: 0.1,
  asked: 0.3,
  foreign: 0.03,
};

/** Half of the calls may repeat, a quarter with the same key, a quarter never. */
const TOOL_MIX: readonly ToolName[] = [TOOLS[0], TOOLS[0], TOOLS[1], TOOLS[2]];

export function drawCase(id: string, random: Random): CaseRequest {
  const long = random.chance(MIX.long);
  const rounds = random.chance(MIX.tools) ? random.integer(1, 3) : 0;
  const plan: CasePlan = {
    id,
    rounds: Array.from({ length: rounds }, () => drawRound(random)),
    tokens: long ? random.integer(80, 200) : random.integer(3, 40),
    paceMs: long ? random.integer(10, 25) : random.integer(0, 10),
  };
  const mode = random.next();
  const keyed = random.chance(MIX.keyed);
  return {
    plan,
    mode: mode < MIX.background ? 'background' : mode < MIX.background + MIX.wait ? 'wait' : 'stream',
    keyed,
    duplicated: keyed && random.chance(MIX.duplicated),
    ...(random.chance(MIX.cancelled) && { cancelAfterMs: random.integer(0, 1_500) }),
    leavesAfter: random.chance(MIX.leaves)
      ? Array.from({ length: random.integer(1, 3) }, () => random.integer(0, 25))
      : [],
    replayed: random.chance(MIX.replayed),
    asked: random.chance(MIX.asked),
    foreign: random.chance(MIX.foreign),
  };
}

function drawRound(random: Random): ToolName[] {
  const calls = random.chance(MIX.parallelTools) ? random.integer(2, 3) : 1;
  return Array.from({ length: calls }, () => random.pick(TOOL_MIX));
}
