import { unknownName } from '@troupe/agent';
import { type AgentConfiguration, nearMatches, newId, TroupeError } from '@troupe/contracts';
import type { AgentPage, AgentStore, NewAgentConfiguration, StoredAgent } from '@troupe/spec';
import { type AgentNames, checkNames } from './check-names.js';
import { changedConfiguration, wholeConfiguration } from './stored-configuration.js';

const LIMIT = 100;

interface Version {
  version: number;
  configuration: AgentConfiguration;
  updatedAt: string;
}

interface Entry {
  id: string;
  slug: string;
  createdAt: string;
  /** The newest last, never empty. */
  versions: [Version, ...Version[]];
}

/**
 * Agents for as long as the process lives. Without a `registry` names of tools are not checked, without `models` those of
 * models.
 */
export class InMemoryAgentStore implements AgentStore {
  readonly #names: AgentNames;
  readonly #entries = new Map<string, Entry>();

  constructor(names: AgentNames = {}) {
    this.#names = names;
  }

  async create(slug: string, configuration: NewAgentConfiguration): Promise<StoredAgent> {
    if (this.#entries.has(slug)) throw exists(slug);
    const whole = wholeConfiguration(configuration);
    this.#check(slug, whole, configuration);
    const now = new Date().toISOString();
    const first = { version: 1, configuration: structuredClone(whole), updatedAt: now };
    const entry: Entry = { id: newId(), slug, createdAt: now, versions: [first] };
    this.#entries.set(slug, entry);
    return shown(entry, first);
  }

  async get(slug: string): Promise<StoredAgent> {
    const entry = this.#find(slug);
    return shown(entry, newest(entry));
  }

  async list({ after = '', limit = LIMIT }: AgentPage = {}): Promise<StoredAgent[]> {
    return [...this.#entries.values()]
      .filter(({ slug }) => slug > after)
      .toSorted((a, b) => (a.slug < b.slug ? -1 : 1))
      .slice(0, limit)
      .map((entry) => shown(entry, newest(entry)));
  }

  async change(slug: string, change: Partial<AgentConfiguration>): Promise<StoredAgent> {
    const entry = this.#find(slug);
    const { version, configuration } = newest(entry);
    const changed = changedConfiguration(configuration, change);
    this.#check(slug, changed, change);
    const next = {
      version: version + 1,
      configuration: structuredClone(changed),
      updatedAt: new Date().toISOString(),
    };
    entry.versions.push(next);
    return shown(entry, next);
  }

  async versions(slug: string): Promise<StoredAgent[]> {
    const entry = this.#find(slug);
    return entry.versions.toReversed().map((version) => shown(entry, version));
  }

  async delete(slug: string): Promise<void> {
    this.#find(slug);
    this.#entries.delete(slug);
  }

  #check(slug: string, configuration: AgentConfiguration, changed: Partial<AgentConfiguration>): void {
    checkNames(configuration, changed, { ...this.#names, known: [...new Set([...this.#entries.keys(), slug])] });
  }

  #find(slug: string): Entry {
    const entry = this.#entries.get(slug);
    if (entry) return entry;
    throw new TroupeError({
      code: 'agent_not_found',
      fault: 'caller',
      message: unknownName('agent', slug, this.#entries.keys()),
      details: { agent: slug, near_matches: nearMatches(slug, this.#entries.keys()) },
    });
  }
}

function newest({ versions }: Entry): Version {
  return versions.at(-1) ?? versions[0];
}

function shown({ id, slug, createdAt }: Entry, { version, configuration, updatedAt }: Version): StoredAgent {
  return { id, slug, version, ...structuredClone(configuration), created_at: createdAt, updated_at: updatedAt };
}

function exists(slug: string): TroupeError {
  return new TroupeError({
    code: 'agent_exists',
    fault: 'caller',
    message: `There is an agent "${slug}" already. Choose another slug, or change that one.`,
  });
}
