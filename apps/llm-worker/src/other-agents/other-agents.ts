import { type HandoffTool, MAX_DEPTH, offeredAgents, offeredHandoffs } from '@troupe/agent';
import type { ModelId } from '@troupe/contracts';
import type { AgentCard, ClaimedRun, Delegate } from '@troupe/database';
import type { Tool } from '@troupe/spec';

/** The agents that one turn of a run may involve, as they are at its start. */
export interface OtherAgents {
  /** Those that may take over, by the names of the tools. */
  handoffs: ReadonlyMap<string, HandoffTool>;
  /** Those that may be called, as tools. */
  tools: ReadonlyMap<string, Tool>;
  /** What a call of such a tool is to start. */
  delegates: ReadonlyMap<string, Delegate>;
  /** By slug. */
  cards: ReadonlyMap<string, AgentCard>;
}

export const NO_OTHER_AGENTS: OtherAgents = {
  handoffs: new Map(),
  tools: new Map(),
  delegates: new Map(),
  cards: new Map(),
};

/** Its tools have classes of their own; that an agent is asked may have any effect. */
const RUNS_AGENT = { effect: 'effect', runsAgent: true, timeoutMs: Number.POSITIVE_INFINITY } as const;

export interface AgentCards {
  /** The current versions of those of the agents that are there. */
  read(slugs: readonly string[]): Promise<AgentCard[]>;
  /** The model of agents that name none. */
  defaultModel: ModelId;
}

/** Reads nothing for an agent that involves no others. */
export async function otherAgentsOf(run: ClaimedRun, { read, defaultModel }: AgentCards): Promise<OtherAgents> {
  const { handoffs = [], agents: all = [] } = run.configuration;
  const agents = run.depth < MAX_DEPTH ? all : [];
  const slugs = [...new Set([...handoffs, ...agents].map(({ agent }) => agent))];
  if (slugs.length === 0) return NO_OTHER_AGENTS;
  const found = await read(slugs);
  const cards = new Map(found.map((card) => [card.slug, card]));
  const tools = new Map<string, Tool>();
  const delegates = new Map<string, Delegate>();
  for (const { agent, ...offered } of offeredAgents(agents, found).values()) {
    const card = cards.get(agent);
    if (!card) continue;
    tools.set(offered.name, { ...offered, ...RUNS_AGENT, execute: runsAlone });
    delegates.set(offered.name, delegateOf(card, defaultModel));
  }
  return { handoffs: offeredHandoffs(handoffs, found), tools, delegates, cards };
}

export function delegateOf(card: AgentCard, defaultModel: ModelId): Delegate {
  return { agent_id: card.id, agent: card.slug, agent_version: card.version, model: card.model ?? defaultModel };
}

/** A call of an agent becomes a run; a worker that executes it as a tool has misread its row. */
function runsAlone(): Promise<never> {
  return Promise.reject(new Error('An agent is called by a run of its own.'));
}
