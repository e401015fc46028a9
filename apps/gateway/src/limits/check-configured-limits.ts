import type { SourcedLimitRule } from '@troupe/contracts';
import type { ModelCatalog } from '@troupe/spec';
import { providerAccounts, unknownProvider } from './provider-accounts.js';

/**
 * A limit for a provider that nobody knows limits nothing, which would come to light only when the provider refuses.
 * @throws Error that names every such provider of the file and of the environment
 */
export async function checkConfiguredLimits(rules: readonly SourcedLimitRule[], models: ModelCatalog): Promise<void> {
  const problems: string[] = [];
  for (const provider of new Set(rules.map((rule) => rule.provider))) {
    const found = await providerAccounts(models, provider);
    if (!found.known) problems.push(unknownProvider(provider, found));
  }
  if (problems.length > 0) throw new Error(`LIMITS or TROUPE_LIMITS_FILE cannot be used. ${problems.join(' ')}`);
}
