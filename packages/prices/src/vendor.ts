import { findProvider, type Provider } from '@pydantic/genai-prices';

/** A company as the price package lists it, with its models. */
export type Vendor = Provider;

/** Providers whose own address is that of the vendor whose name they bear. */
const OWN_VENDORS: ReadonlySet<string> = new Set(['anthropic', 'openai', 'openrouter']);

export interface VendorChoices {
  /** Where providers are reached, by id, as far as that was configured; without an entry it is the vendor's own address. */
  baseUrls: Readonly<Record<string, string | undefined>>;
  /** Whose prices hold for a provider, where its address does not say so: a proxy, or a contract. By provider id. */
  vendors: Readonly<Record<string, string>>;
}

/**
 * Who sends the bill for calls of which provider. No entry for a server that nobody else knows: a model that runs there may
 * have the name of one that is sold elsewhere. All are found at once, because each takes longer than what it is for: a sum.
 */
export function vendorsOf({ baseUrls, vendors }: VendorChoices): ReadonlyMap<string, Vendor> {
  const found = new Map<string, Vendor>();
  for (const provider of new Set([...OWN_VENDORS, ...Object.keys(baseUrls), ...Object.keys(vendors)])) {
    const vendor = vendorOf(provider, { baseUrls, vendors });
    if (vendor) found.set(provider, vendor);
  }
  return found;
}

function vendorOf(provider: string, { baseUrls, vendors }: VendorChoices): Vendor | undefined {
  const chosen = vendors[provider];
  if (chosen !== undefined) return vendorById(chosen);
  const baseUrl = baseUrls[provider];
  if (baseUrl !== undefined) return findProvider({ providerApiUrl: baseUrl });
  return OWN_VENDORS.has(provider) ? vendorById(provider) : undefined;
}

/** The package also finds vendors by parts of names; a price is worth nothing when it may be somebody else's. */
export function vendorById(id: string): Vendor | undefined {
  const vendor = findProvider({ providerId: id });
  return vendor?.id === id ? vendor : undefined;
}
