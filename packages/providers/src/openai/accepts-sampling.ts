/**
 * Whether a model takes temperature, top_p and stop sequences. OpenAI's reasoning models (o-series, GPT-5 and later)
 * answer 400 to them; their chat variants take them.
 */
export function acceptsSampling(model: string): boolean {
  return !/^(o\d|gpt-([5-9]|\d\d)|codex)/.test(model) || model.includes('chat');
}
