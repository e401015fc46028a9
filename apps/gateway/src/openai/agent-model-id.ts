import { AGENT_PROVIDER } from '@troupe/contracts';

const PREFIX = `${AGENT_PROVIDER}/`;

/** The name under which clients of OpenAI choose an agent as their model. */
export function agentModelId(slug: string): string {
  return `${PREFIX}${slug}`;
}

/** Slug or id of the agent that a client chose; undefined for a model of a provider. */
export function agentOfModelId(model: string): string | undefined {
  return model.startsWith(PREFIX) ? model.slice(PREFIX.length) : undefined;
}
