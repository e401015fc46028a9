import type { AgentConfiguration } from '@troupe/contracts';
import type { Database } from '@troupe/database';
import type { ModelCalls } from '@troupe/model-calls';
import type { Logger, Metrics } from '@troupe/observability';
import type { BatchCatalog, EmbeddingCatalog, ModelCatalog, Tool } from '@troupe/spec';
import type { Redis } from 'ioredis';
import type { Limits } from './backpressure/limits.js';

export interface GatewayOptions {
  /** Port of the API; 0 takes a free one. */
  port: number;
  /** Address to listen on. */
  host: string;
  maxBodyBytes: number;
  /** Origins whose pages may call, with commas between them, or `*`; undefined: none but our own. */
  corsOrigins?: string | undefined;
  /** From the acceptance of a run to its expiry. */
  deadlineSeconds: number;
  /** Beyond these, new work is refused. */
  limits: Limits;
  /** What a stop may take until those who are still served are cut off; less when nobody is. */
  drainSeconds: number;
}

/** A persona as the gateway stores it: an agent that is there from the start. */
export interface PersonaFile {
  slug: string;
  configuration: AgentConfiguration;
}

/** What a process lends a gateway; stopping the gateway leaves all of it open. */
export interface GatewayDependencies {
  database: Database;
  /** For ringing, publishing and queue reads: fails fast. */
  commands: Redis;
  /** In subscriber mode for good; one serves all streams. */
  subscriber: Redis;
  models: ModelCatalog & EmbeddingCatalog & BatchCatalog;
  tools: ReadonlyMap<string, Tool>;
  /** Its process starts and stops it. */
  calls: ModelCalls;
  personas: readonly PersonaFile[];
  /** Slug of the agent that answers when a request and its thread name nobody. */
  defaultAgent: string;
  /** The first key: belongs to the first tenant and may do everything. */
  apiKey: string;
  options: GatewayOptions;
  logger: Logger;
  metrics: Metrics;
}
