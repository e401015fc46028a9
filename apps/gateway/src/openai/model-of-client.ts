import type { ModelId } from '@troupe/contracts';

/** How vendors begin the names of their models. */
const VENDORS: readonly [RegExp, string][] = [
  [/^(gpt-|chatgpt-|o\d|text-embedding-|ft:gpt-)/, 'openai'],
  [/^claude-/, 'anthropic'],
];

/** The model that a client means: those made for OpenAI have its names built in, which name no provider. */
export function modelOfClient(name: string): ModelId {
  if (name.includes('/')) return name;
  const [, provider] = VENDORS.find(([names]) => names.test(name)) ?? [];
  return provider === undefined ? name : `${provider}/${name}`;
}
