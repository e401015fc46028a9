/** A model as users name it: `provider/model`, where the model part may hold slashes (`openrouter/anthropic/claude-sonnet-4`). */
export type ModelId = string;

/** No provider is called so: `agent/<slug>` is how clients of OpenAI's API name an agent where they choose a model. */
export const AGENT_PROVIDER = 'agent';

export interface ParsedModelId {
  provider: string;
  model: string;
}

/** Splits at the first slash; undefined when there is no provider or no model. */
export function parseModelId(id: ModelId): ParsedModelId | undefined {
  const slash = id.indexOf('/');
  if (slash < 1 || slash === id.length - 1) return undefined;
  return { provider: id.slice(0, slash), model: id.slice(slash + 1) };
}
