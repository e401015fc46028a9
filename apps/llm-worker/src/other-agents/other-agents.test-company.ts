import { type AgentConfiguration, newId, TroupeError } from '@troupe/contracts';
import { acceptRun } from '@troupe/database';
import type { ModelCatalog } from '@troupe/spec';
import { ScriptedModel, type ScriptedTurn } from '@troupe/testing';
import type { Stage } from '../llm-worker.test-stage.js';

/** Agents of one tenant that hand over to and call each other; each has a model of its own, which follows a script. */
export class Company {
  readonly #models = new Map<string, ScriptedModel>();

  constructor(readonly stage: Stage) {}

  get models(): ModelCatalog {
    return {
      defaultModel: 'scripted/default',
      resolve: (id) => {
        const model = this.#models.get(id);
        if (model) return model;
        throw new TroupeError({ code: 'model_not_found', fault: 'caller', message: `There is no model ${id}.` });
      },
      list: async () => [],
    };
  }

  /** The model of an agent: `scripted/<slug>`. */
  model(slug: string): ScriptedModel {
    const model = this.#models.get(`scripted/${slug}`);
    if (!model) throw new Error(`${slug} was not hired.`);
    return model;
  }

  async hire(slug: string, script: ScriptedTurn[], configuration: Partial<AgentConfiguration> = {}): Promise<string> {
    const id = newId();
    const model = `scripted/${slug}`;
    this.#models.set(model, new ScriptedModel(script, { id: model }));
    const whole = {
      name: `Agent ${slug}`,
      definition: { role: `You are ${slug}.` },
      model,
      tools: [],
      memory: { type: 'last_n', n: 20 },
      max_turns: 5,
      ...configuration,
    };
    const { stage } = this;
    await stage.sql('INSERT INTO agents (id, tenant_id, slug, version) VALUES ($1, $2, $3, 1)', [
      id,
      stage.tenantId,
      slug,
    ]);
    await stage.sql(
      `INSERT INTO agent_versions (agent_id, version, tenant_id, configuration, history_limit) VALUES ($1, 1, $2, $3, 50)`,
      [id, stage.tenantId, JSON.stringify(whole)],
    );
    return id;
  }

  /** A run that a worker's own look finds. */
  async ask(
    slug: string | null,
    text: string,
    { threadId, model }: { threadId?: string; model?: string } = {},
  ): Promise<{ runId: string; threadId: string }> {
    const accepted = await acceptRun(this.stage.database, {
      runId: newId(),
      tenantId: this.stage.tenantId,
      userId: 'ann',
      thread: threadId === undefined ? { type: 'new' } : { type: 'id', id: threadId },
      agent: slug,
      defaultAgent: 'nobody',
      model: model ?? null,
      defaultModel: 'scripted/default',
      content: [{ type: 'text', text }],
      deadlineSeconds: 600,
      options: { api_key_id: 'key', ...(model !== undefined && { model }) },
      idempotency: null,
    });
    return { runId: accepted.runId, threadId: accepted.threadId };
  }
}
