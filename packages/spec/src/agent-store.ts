import type { AgentConfiguration } from '@troupe/contracts';

/** Where the agents of one tenant are kept. A change makes a new version; the ones before stay readable. */
export interface AgentStore {
  /**
   * Tools and models are checked by stores that know some.
   * @throws TroupeError `agent_exists` when the slug is taken; `agent_not_found`, `tool_not_found` and `model_not_found` with
   * near matches when it names what is not there
   */
  create(slug: string, configuration: NewAgentConfiguration): Promise<StoredAgent>;
  /** The current version. @throws TroupeError `agent_not_found` with near matches */
  get(slug: string): Promise<StoredAgent>;
  /** By slug. */
  list(page?: AgentPage): Promise<StoredAgent[]>;
  /**
   * Fields that are absent stay as they are, and are not checked again.
   * @throws TroupeError `agent_not_found`, and for names as `create`
   */
  change(slug: string, change: Partial<AgentConfiguration>): Promise<StoredAgent>;
  /** Newest first. @throws TroupeError `agent_not_found` */
  versions(slug: string): Promise<StoredAgent[]>;
  /** @throws TroupeError `agent_not_found` */
  delete(slug: string): Promise<void>;
}

/** What has a default may be absent. */
export type NewAgentConfiguration = Pick<AgentConfiguration, 'name' | 'definition'> & Partial<AgentConfiguration>;

/** One version of an agent. */
export interface StoredAgent extends AgentConfiguration {
  id: string;
  slug: string;
  version: number;
  /** When the agent was made, and when this version was. */
  created_at: string;
  updated_at: string;
}

export interface AgentPage {
  /** Only slugs behind this one. */
  after?: string;
  /** 100 unless told. */
  limit?: number;
}
