import { Inject, Injectable } from '@nestjs/common';
import type { ModelId } from '@troupe/contracts';
import { Database, readAgent } from '@troupe/database';
import type { ModelCatalog } from '@troupe/spec';
import { MODELS } from '../tokens.js';

/** A title for a chat is no turn of it: the agent's model writes it, and no thread hears of it. */
@Injectable()
export class AgentModels {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(MODELS) private readonly models: ModelCatalog,
  ) {}

  /** @param agent slug or id. @throws TroupeError `agent_not_found` */
  async modelOf(tenantId: string, agent: string): Promise<ModelId> {
    const { configuration } = await readAgent(this.database, tenantId, agent);
    return configuration.model ?? this.models.defaultModel;
  }
}
