/** Whether a model behind OpenRouter is Anthropic's, `~anthropic/…` (its newest of a family) included. */
export function isClaude(model: string): boolean {
  return /^~?anthropic\//.test(model);
}
