import { TroupeError } from '@troupe/contracts';
import type { RunFrame } from '../agent/run-frame.js';
import type { HistoryMessage } from '../history/history-message.js';
import type { Handovers } from '../run/run-turns-options.js';
import { type AgentHandoff, type HandoffAgent, type HandoffContext, handoff } from './agent-handoff.js';
import type { HandoffTool } from './handoff-tool.js';

/** Agents to hand over to, alone or with more to say about it; a function where they are made later, to close a circle. */
export type Handoffs<Deps> = HandoffList<Deps> | (() => HandoffList<Deps>);
type HandoffList<Deps> = readonly (HandoffAgent<Deps> | AgentHandoff<Deps>)[];

/**
 * @throws TroupeError `invalid_request` where an agent hands over to itself, or a tool's name is taken
 */
export function resolveHandoffs<Deps>(
  agent: HandoffAgent<Deps>,
  handoffs: Handoffs<Deps>,
  tools: ReadonlyMap<string, unknown>,
): readonly AgentHandoff<Deps>[] {
  const list = typeof handoffs === 'function' ? handoffs() : handoffs;
  const resolved = list.map((one) => ('tool' in one ? one : handoff(one)));
  const names = new Set(tools.keys());
  for (const { agent: other, tool } of resolved) {
    if (other === agent) throw refused(`${agent.name} cannot hand over to itself.`);
    if (names.has(tool.name)) {
      throw refused(`Two tools of ${agent.name} are called ${tool.name}. Give the handoff another toolName.`);
    }
    names.add(tool.name);
  }
  return resolved;
}

/** How the agent hands over in a run; `onChange` is told who speaks then. */
export function handoversOf<Deps>(
  agent: HandoffAgent<Deps>,
  run: RunFrame<Deps>,
  onChange: (made: AgentHandoff<Deps>) => void,
): Handovers | undefined {
  const { handoffs } = agent;
  if (handoffs.length === 0) return undefined;
  const context = contextOf(run);
  return {
    speaker: agent.name,
    offered: async () => {
      const offered = new Map<string, HandoffTool>();
      for (const { tool, isEnabled } of handoffs) if (await isEnabled(context)) offered.set(tool.name, tool);
      return offered;
    },
    make: async ({ handoff: { name }, call }) => {
      const made = handoffs.find(({ tool }) => tool.name === name);
      if (!made) return `Not done: ${agent.name} has no handoff ${name}.`;
      const refusal = await made.accept(call.arguments, context);
      if (refusal !== undefined) return refusal;
      const speaker = await made.agent.speak(run);
      onChange(made);
      const view = { tool: name, history: made.history };
      return { ...speaker, view, handovers: handoversOf(made.agent, run, onChange) };
    },
  };
}

/** The handoff by which the agent took over that speaks on a thread; undefined while it is still the first. */
export function lastHandoff<Deps>(
  first: HandoffAgent<Deps>,
  history: readonly HistoryMessage[],
): AgentHandoff<Deps> | undefined {
  if (first.handoffs.length === 0) return undefined;
  const reachable = reachableFrom(first);
  for (const { role, content } of history.toReversed()) {
    if (role !== 'tool') continue;
    for (const part of content.toReversed()) {
      if (part.type !== 'tool_result' || part.status !== 'completed') continue;
      const made = reachable.get(part.name);
      if (made) return made;
    }
  }
  return undefined;
}

function reachableFrom<Deps>(first: HandoffAgent<Deps>): Map<string, AgentHandoff<Deps>> {
  const reachable = new Map<string, AgentHandoff<Deps>>();
  const seen = new Set<HandoffAgent<Deps>>();
  const visit = (agent: HandoffAgent<Deps>): void => {
    if (seen.has(agent)) return;
    seen.add(agent);
    for (const made of agent.handoffs) {
      if (!reachable.has(made.tool.name)) reachable.set(made.tool.name, made);
      visit(made.agent);
    }
  };
  visit(first);
  return reachable;
}

function contextOf<Deps>(run: RunFrame<Deps>): HandoffContext<Deps> {
  const { runId, thread, userId, deps = run.firstDeps, signal } = run;
  return { runId, threadId: thread.id, userId, deps: deps as Deps, signal };
}

function refused(message: string): TroupeError {
  return new TroupeError({ code: 'invalid_request', fault: 'caller', message });
}
