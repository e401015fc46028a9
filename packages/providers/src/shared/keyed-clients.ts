import { createHash } from 'node:crypto';

/** Of a provider that asks for no key. */
const NO_KEY = 'none';
const ACCOUNT_CHARACTERS = 12;

/** A client for each key of a provider. Callers name keys by a hash, so that no key is in a log, a metric or Redis. */
export class KeyedClients<Client> {
  readonly accounts: readonly string[];
  readonly #clients: ReadonlyMap<string, Client>;
  readonly #first: Client;

  constructor(apiKeys: readonly string[], create: (apiKey: string) => Client) {
    const keys = apiKeys.length > 0 ? [...new Set(apiKeys)] : [NO_KEY];
    const clients = keys.map((key) => [accountOf(key), create(key)] as const);
    this.#clients = new Map(clients);
    this.accounts = [...this.#clients.keys()];
    const [first] = clients;
    if (first === undefined) throw new Error('A provider needs at least one client.');
    this.#first = first[1];
  }

  /** The client of that account; of the first when none is named, or one that is no longer there. */
  of(account?: string): Client {
    return (account === undefined ? undefined : this.#clients.get(account)) ?? this.#first;
  }
}

/** A key as logs may show it: enough of a hash to tell a handful of keys apart. */
function accountOf(apiKey: string): string {
  if (apiKey === NO_KEY) return NO_KEY;
  return createHash('sha256').update(apiKey).digest('hex').slice(0, ACCOUNT_CHARACTERS);
}
