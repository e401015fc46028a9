import type { Handoff } from '@troupe/contracts';
import { type HandoffTool, handoffTool } from './handoff-tool.js';

/** What an agent has to know of another to involve it. */
export interface OtherAgent {
  slug: string;
  name: string;
  description: string | null;
}

/** The handoffs that a model is offered, by the names of their tools: those that are enabled, to agents that are there. */
export function offeredHandoffs(handoffs: readonly Handoff[], others: readonly OtherAgent[]): Map<string, HandoffTool> {
  const offered = new Map<string, HandoffTool>();
  for (const { agent, description, input_schema, enabled = true } of handoffs) {
    const other = others.find(({ slug }) => slug === agent);
    if (!enabled || !other) continue;
    const about = description ?? other.description ?? undefined;
    const tool = handoffTool({ agent, name: other.name, description: about, inputSchema: input_schema });
    offered.set(tool.name, tool);
  }
  return offered;
}
