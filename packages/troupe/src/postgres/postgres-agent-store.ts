import { historyLimit } from '@troupe/agent';
import { type AgentConfiguration, isId, TroupeError } from '@troupe/contracts';
import {
  changeAgent,
  createAgent,
  type Database,
  deleteAgent,
  listAgents,
  listAgentVersions,
  listSlugs,
  type StoredAgent as Row,
  readAgent,
} from '@troupe/database';
import type { AgentPage, AgentStore, NewAgentConfiguration, StoredAgent } from '@troupe/spec';
import { type AgentNames, checkNames, namesAgents } from '../stores/check-names.js';
import { changedConfiguration, wholeConfiguration } from '../stores/stored-configuration.js';

const LIMIT = 100;
/** More than anybody makes by hand. */
const ALL_VERSIONS = 10_000;

/**
 * The agents of a tenant, in the rows that a server has, too: it answers with them at once. Without a `registry` names of tools
 * are not checked, without `models` those of models.
 */
export class PostgresAgentStore implements AgentStore {
  readonly #database: Database;
  readonly #tenantId: string;
  readonly #names: AgentNames;

  constructor({ database, tenantId, ...names }: { database: Database; tenantId: string } & AgentNames) {
    this.#database = database;
    this.#tenantId = tenantId;
    this.#names = names;
  }

  async create(slug: string, configuration: NewAgentConfiguration): Promise<StoredAgent> {
    const whole = wholeConfiguration(configuration);
    checkNames(whole, configuration, await this.#known(configuration, slug));
    const agent = { tenantId: this.#tenantId, slug: checkedSlug(slug), ...versionOf(whole) };
    return shown(await createAgent(this.#database, agent));
  }

  async get(slug: string): Promise<StoredAgent> {
    return shown(await readAgent(this.#database, this.#tenantId, slug));
  }

  async list({ after, limit = LIMIT }: AgentPage = {}): Promise<StoredAgent[]> {
    const rows = await listAgents(this.#database, this.#tenantId, { after: after ?? null, limit });
    return rows.map(shown);
  }

  async change(slug: string, change: Partial<AgentConfiguration>): Promise<StoredAgent> {
    const names = await this.#known(change, slug);
    const next = (current: AgentConfiguration) => {
      const changed = changedConfiguration(unmarked(current), change);
      checkNames(changed, change, names);
      return versionOf(changed);
    };
    return shown(await changeAgent(this.#database, this.#tenantId, slug, next));
  }

  async versions(slug: string): Promise<StoredAgent[]> {
    const { id } = await readAgent(this.#database, this.#tenantId, slug);
    const scope = { tenantId: this.#tenantId, agentId: id };
    const rows = await listAgentVersions(this.#database, scope, { before: null, limit: ALL_VERSIONS });
    return rows.map(shown);
  }

  async delete(slug: string): Promise<void> {
    await deleteAgent(this.#database, this.#tenantId, slug);
  }

  async #known(changed: Partial<AgentConfiguration>, slug: string) {
    const known = namesAgents(changed) ? await listSlugs(this.#database, this.#tenantId) : [];
    return { ...this.#names, known: [...new Set([...known, slug])] };
  }
}

function versionOf(configuration: AgentConfiguration) {
  return { configuration, historyLimit: historyLimit(configuration.memory, configuration.max_turns) };
}

function shown({ id, slug, version, configuration, createdAt, updatedAt }: Row): StoredAgent {
  return { id, slug, version, ...configuration, created_at: createdAt, updated_at: updatedAt };
}

/** Without the mark by which a server knows the personas that it may renew: what was changed is not one of them. */
function unmarked(configuration: AgentConfiguration): AgentConfiguration {
  const { persona: _, ...own }: AgentConfiguration & { persona?: string } = configuration;
  return own;
}

/** As a server has them: what stands in an address, and cannot be taken for an id. */
function checkedSlug(slug: string): string {
  if (/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(slug) && slug.length <= 100 && !isId(slug)) return slug;
  throw new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message: `"${slug}" is no slug. Use small letters, digits and hyphens, 100 at most, such as dungeon-master.`,
  });
}
