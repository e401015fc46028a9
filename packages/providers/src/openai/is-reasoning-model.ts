/** OpenAI's reasoning models by their names: o-series, GPT-5 and later, codex. Their chat variants do not reason. */
export function isReasoningModel(model: string): boolean {
  return /^(o\d|gpt-([5-9]|\d\d)|codex)/.test(model) && !model.includes('chat');
}
