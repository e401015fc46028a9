import { nearMatches, parseModelId, TroupeError } from '@troupe/contracts';
import type { ModelCatalog } from '@troupe/spec';

/** What the catalog knows of the name of a provider. */
export type ProviderAccounts =
  /** `accounts`: short hashes of its keys; none while it is not configured. */
  { known: true; accounts: readonly string[] } | { known: false; near: string[]; others: string[] };

/** The accounts of a provider, or the providers that a mistyped name may have meant. */
export async function providerAccounts(models: ModelCatalog, provider: string): Promise<ProviderAccounts> {
  let near: string[];
  try {
    // Any name will do: providers know more models than they list.
    return { known: true, accounts: models.resolve(`${provider}/*`).accounts };
  } catch (error) {
    if (!(error instanceof TroupeError)) throw error;
    if (error.code === 'provider_not_configured') return { known: true, accounts: [] };
    near = providersOf(error.details?.near_matches);
  }
  // A provider whose models are all it has refuses that name.
  const entries = await models.list();
  const entry = entries.find((candidate) => candidate.provider === provider);
  if (entry) return { known: true, accounts: models.resolve(entry.id).accounts };
  const others = [...new Set(entries.map((candidate) => candidate.provider))];
  return { known: false, near: nearMatches(provider, new Set([...near, ...others])), others };
}

function providersOf(modelIds: unknown): string[] {
  const ids = Array.isArray(modelIds) ? modelIds.filter((id) => typeof id === 'string') : [];
  return ids.flatMap((id) => parseModelId(id)?.provider ?? []);
}

/** Says that there is no such provider, and what may have been meant. */
export function unknownProvider(provider: string, { near, others }: { near: string[]; others: string[] }): string {
  const advice = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are ${others.join(', ')}.`;
  return `There is no provider "${provider}". ${advice}`;
}
