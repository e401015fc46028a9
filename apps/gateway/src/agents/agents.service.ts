import { Inject, Injectable } from '@nestjs/common';
import { agentProblems, historyLimit, routingProblems, unknownName } from '@troupe/agent';
import { type AgentConfiguration, nearMatches, type Routing, TroupeError } from '@troupe/contracts';
import {
  changeAgent,
  createAgent,
  Database,
  listSlugs,
  type NewAgentVersion,
  type StoredAgent,
} from '@troupe/database';
import type { ModelCatalog, Tool } from '@troupe/spec';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';
import type { PersonaFile } from '../gateway-dependencies.js';
import { checkOutput, checkToolUse } from '../run-settings/check-run-settings.js';
import { MODELS, PERSONAS, TOOLS } from '../tokens.js';
import { changedConfiguration, newConfiguration, withoutNulls } from './agent-configuration.js';
import type { AgentConfigurationDto, ChangeAgentDto, CreateAgentDto } from './agents.dto.js';
import { checkGuardrails } from './check-guardrails.js';
import { checkOtherAgents } from './check-other-agents.js';
import { checkPermissions } from './check-permissions.js';
import { problemsError, refuseProblems } from './refuse-problems.js';
import { checkedSlug, slugOf } from './slug.js';

/** Stores agents, once everything that they name is known to be there. */
@Injectable()
export class AgentsService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(MODELS) private readonly models: ModelCatalog,
    @Inject(TOOLS) private readonly tools: ReadonlyMap<string, Tool>,
    @Inject(PERSONAS) private readonly personas: readonly PersonaFile[],
  ) {}

  async create(tenantId: string, body: CreateAgentDto): Promise<StoredAgent> {
    const persona = body.persona_id === undefined ? undefined : this.#persona(body.persona_id);
    const configuration = persona
      ? changedConfiguration(persona.configuration, body)
      : newConfiguration(completeBody(body));
    this.#check(body);
    await this.#checkTargets(tenantId, body);
    const slug = body.slug ?? (persona && body.name === undefined ? persona.slug : slugOf(configuration.name));
    return createAgent(this.database, { tenantId, slug: checkedSlug(slug), ...this.#version(configuration, slug) });
  }

  async change(tenantId: string, agent: string, changes: ChangeAgentDto): Promise<StoredAgent> {
    this.#check(changes);
    await this.#checkTargets(tenantId, changes);
    return changeAgent(this.database, tenantId, agent, (current, slug) =>
      this.#version(changedConfiguration(current, changes), slug),
    );
  }

  async replace(tenantId: string, agent: string, body: AgentConfigurationDto): Promise<StoredAgent> {
    this.#check(body);
    await this.#checkTargets(tenantId, body);
    return changeAgent(this.database, tenantId, agent, (_, slug) => this.#version(newConfiguration(body), slug));
  }

  #version(configuration: AgentConfiguration, slug: string): NewAgentVersion {
    checkOtherAgents(configuration, slug);
    checkPermissions(configuration, this.tools.keys());
    checkGuardrails(configuration);
    checkOutput(configuration);
    checkToolUse(configuration, configuration);
    return version(configuration);
  }

  #persona(slug: string): PersonaFile {
    const persona = this.personas.find((candidate) => candidate.slug === slug);
    if (persona) return persona;
    const known = this.personas.map((candidate) => candidate.slug);
    const message = unknownName('persona', slug, known);
    throw problemsError([{ path: ['persona_id'], kind: 'agent', message, near_matches: nearMatches(slug, known) }]);
  }

  async #checkTargets(tenantId: string, { handoffs, agents }: ChangeAgentDto): Promise<void> {
    const named = { handoffs: handoffs ?? [], agents: agents ?? [] };
    if (named.handoffs.length + named.agents.length === 0) return;
    refuseProblems(agentProblems(named, { agents: await listSlugs(this.database, tenantId) }));
  }

  /** Only what a request names: what was stored before may have been taken from the server since. */
  #check({ model, fallback_models, routing, tools, guardrails }: ChangeAgentDto): void {
    if (model) this.#checkModel(model, ['model']);
    for (const [index, { check }] of (guardrails ?? []).entries()) {
      if (check.type === 'judge' && check.model)
        this.#checkModel(check.model, ['guardrails', String(index), 'check', 'model']);
    }
    for (const [index, fallback] of (fallback_models ?? []).entries()) {
      this.#checkModel(fallback, ['fallback_models', String(index)]);
    }
    if (routing) this.#checkRouting(withoutNulls(routing));
    refuseProblems(agentProblems({ tools: tools ?? [] }, { tools: [...this.tools.keys()] }));
  }

  #checkRouting(routing: Routing): void {
    const problems = routingProblems(routing);
    if (problems.length > 0) {
      throw invalidRequest(problems.map(({ path, message }) => fieldError(['routing', ...path], message)));
    }
    for (const [tier, model] of Object.entries(routing.tiers)) this.#checkModel(model, ['routing', 'tiers', tier]);
  }

  #checkModel(model: string, field: string[]): void {
    try {
      this.models.resolve(model);
    } catch (error) {
      if (!(error instanceof TroupeError)) throw error;
      const { code, fault, message } = error;
      const details = { ...error.details, errors: [{ ...fieldError(field, message) }] };
      throw new TroupeError({ code, fault, message, details, cause: error });
    }
  }
}

/** @throws TroupeError `invalid_request` that names what a configuration without a persona lacks. */
function completeBody(body: CreateAgentDto): AgentConfigurationDto {
  const { name, definition } = body;
  if (name !== undefined && definition !== undefined) return { ...body, name, definition };
  const missing = (['name', 'definition'] as const).filter((field) => body[field] === undefined);
  throw invalidRequest(
    missing.map((field) => fieldError([field], `${field} is needed, or a persona_id to begin with.`)),
  );
}

function version(configuration: AgentConfiguration): NewAgentVersion {
  return { configuration, historyLimit: historyLimit(configuration.memory, configuration.max_turns) };
}
