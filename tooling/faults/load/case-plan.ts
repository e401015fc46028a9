import { hashText, Random } from '../random.js';

/** What the tool server answers to. */
export const TOOLS = ['lookup', 'reserve', 'charge', 'refund', 'release'] as const;

export type ToolName = (typeof TOOLS)[number];

/** What a tool may do twice, by its name. */
export const TOOL_CLASSES: Readonly<Record<ToolName, 'read' | 'idempotent' | 'effect'>> = {
  lookup: 'read',
  reserve: 'idempotent',
  charge: 'effect',
  refund: 'effect',
  release: 'idempotent',
};

/** Slugs of the agents that every tenant has; `agents.ts` says what they may do. */
export const AGENTS = ['witness', 'clerk', 'manager', 'editor', 'triage'] as const;

export type AgentName = (typeof AGENTS)[number];

/** What a model may call: a tool, a person, an agent that answers, an agent that takes over. */
export type CallName = ToolName | 'ask_user' | `ask_${AgentName}` | `transfer_to_${AgentName}`;

/** What a run is to do. The user's message says it, so that the provider needs no memory and no secret channel. */
export interface CasePlan {
  /** Unique: in the message, in the answer, in the arguments of every tool call. */
  id: string;
  /** The calls of each turn before the answer. */
  rounds: CallName[][];
  tokens: number;
  /** Milliseconds between two tokens. */
  paceMs: number;
  /** What the model's answer holds that no reader may see: it is taken out, or nothing is left of the answer. */
  holds?: 'secret' | 'forbidden';
  /** Set: the answer is to be JSON, and the model gives so many that do not fit before it. */
  misfits?: number;
}

/** Calls of tools that somebody has to allow. */
export const ASKING_TOOLS: ReadonlySet<string> = new Set<CallName>(['refund', 'release']);

export function isTool(name: string): name is ToolName {
  return TOOLS.some((tool) => tool === name);
}

/** Who is to answer a call of an agent; undefined: it is none. */
export function agentAsked(name: CallName): AgentName | undefined {
  return AGENTS.find((agent) => name === `ask_${agent}`);
}

/** Who is to take over; undefined: nobody. */
export function agentTakingOver(name: CallName): AgentName | undefined {
  return AGENTS.find((agent) => name === `transfer_to_${agent}`);
}

/** Whom the message is sent to: the first agent that can do what the case asks for. */
export function firstAgentOf({ rounds, holds }: CasePlan): AgentName {
  const names = rounds.flat();
  if (names.some(agentTakingOver) || names.includes('ask_manager')) return 'triage';
  if (names.some(agentAsked)) return 'manager';
  if (names.some((name) => name === 'ask_user' || ASKING_TOOLS.has(name))) return 'clerk';
  return holds ? 'editor' : 'witness';
}

/** Who speaks in each model turn, that of the answer included. */
export function speakersOf(plan: CasePlan): AgentName[] {
  const speakers = [firstAgentOf(plan)];
  for (const round of plan.rounds) {
    const next = round.map(agentTakingOver).find((agent) => agent !== undefined);
    speakers.push(next ?? speakers.at(-1) ?? 'witness');
  }
  return speakers;
}

/** What a tool is called with, and by which it is recognised: the case, the round, the place in it. */
export function callName(id: string, round: number, index: number): string {
  return `${id}/${round}/${index}`;
}

/** What an agent is to do that a call of a case asks, by the call alone. Undefined: the call asks no agent. */
export function childPlanOf(plan: CasePlan, round: number, index: number): CasePlan | undefined {
  const name = plan.rounds[round]?.[index];
  const agent = name && agentAsked(name);
  if (!agent) return undefined;
  const id = `${plan.id}.${round}.${index}`;
  const random = new Random(hashText(id));
  // Some still speak long after a person has cancelled what is above them.
  const slow = random.chance(SLOW_CHILDREN);
  const words = slow ? { tokens: 150, paceMs: random.integer(60, 100) } : { tokens: 12, paceMs: random.integer(0, 8) };
  return { id, ...words, ...CHILD_WORK[agent](random) };
}

const SLOW_CHILDREN = 0.15;

/** The case by whose call this one was made, and the name of that call; undefined: a person's own. */
export function parentCallOf(id: string): { parent: string; call: string } | undefined {
  const [, parent, round, index] = /^(.+)\.(\d+)\.(\d+)$/.exec(id) ?? [];
  return parent === undefined ? undefined : { parent, call: callName(parent, Number(round), Number(index)) };
}

type Work = Pick<CasePlan, 'rounds' | 'holds'>;

const CHILD_WORK: Readonly<Record<AgentName, (random: Random) => Work>> = {
  witness: (random) => ({
    rounds: random.pick<CallName[][]>([[], [['lookup']], [['charge']], [['lookup', 'reserve'], ['charge']]]),
  }),
  clerk: (random) => ({
    rounds: random.pick<CallName[][]>([
      [['refund']],
      [['ask_user']],
      [['release', 'lookup']],
      [['refund', 'ask_user']],
    ]),
  }),
  editor: (random) => ({
    rounds: random.pick<CallName[][]>([[], [['lookup']]]),
    holds: random.pick(['secret', 'forbidden'] as const),
  }),
  manager: (random) => ({
    rounds: random.pick<CallName[][]>([[['ask_witness']], [['ask_witness', 'ask_clerk']], [['ask_editor', 'lookup']]]),
  }),
  triage: () => ({ rounds: [['transfer_to_witness'], ['lookup']] }),
};
