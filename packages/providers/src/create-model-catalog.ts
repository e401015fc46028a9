import { type ModelId, parseModelId, TroupeError } from '@troupe/contracts';
import type {
  BatchCatalog,
  BatchProvider,
  ChatModel,
  EmbeddingCatalog,
  EmbeddingModel,
  ModelCatalog,
  ModelEntry,
} from '@troupe/spec';
import { createInstance, defaultOrder, type ProvidersSettings, providerCatalog } from './catalog.js';
import { withBatchFormatters } from './formatted-batches.js';
import type { ModelProvider } from './model-provider.js';
import { nearMatches } from './near-matches.js';
import { type RequestFormatter, registeredFormatters, withFormatters } from './registered-formatters.js';
import { createRegisteredProviders, refuseReserved } from './registered-providers.js';
import { HttpTransport } from './shared/http-transport.js';
import { defaultTimeouts, type ProviderTimeouts } from './shared/provider-timeouts.js';

/** Which providers there are, and how they are reached. */
export interface ModelCatalogSettings extends ProvidersSettings {
  /** `provider/model`; absent: the first configured provider's own default. */
  defaultModel?: ModelId;
  /** Where they differ from the defaults. */
  timeouts?: Partial<ProviderTimeouts>;
}

/** Vendors' SDKs are loaded by the first call of one of their models, or by `load`. */
export type ProviderCatalog = Required<ModelCatalog> & EmbeddingCatalog & BatchCatalog;

/** Lists are asked of providers at most this often. */
const listFreshMs = 60_000;
/** Callers may name any model, so what is kept of them is bounded. */
const maxKeptModels = 1_000;
const maxModelCharacters = 200;

/** The models of the providers that the settings configure; the demo answers only when they configure none. */
export function createModelCatalog(settings: ModelCatalogSettings): ProviderCatalog {
  return new ConfiguredModels(settings);
}

class ConfiguredModels implements ModelCatalog, EmbeddingCatalog, BatchCatalog {
  readonly defaultModel: ModelId;
  readonly #providers: Map<string, ModelProvider>;
  readonly #formatters: readonly RequestFormatter[];
  readonly #models = new Map<ModelId, ChatModel>();
  readonly #embeddings = new Map<ModelId, EmbeddingModel>();
  #list: { entries: Promise<ModelEntry[]>; askedAt: number } | undefined;

  constructor(settings: ModelCatalogSettings) {
    this.#providers = configuredProviders(settings);
    this.#formatters = registeredFormatters();
    this.defaultModel = settings.defaultModel ?? defaultModelOf(this.#providers);
  }

  resolve(id: ModelId): ChatModel {
    const kept = this.#models.get(id);
    if (kept !== undefined) return kept;
    const { provider, model } = this.#find(id);
    return keep(this.#models, id, withFormatters(provider.createModel(model), this.#formatters));
  }

  resolveEmbedding(id: ModelId): EmbeddingModel {
    const kept = this.#embeddings.get(id);
    if (kept !== undefined) return kept;
    const { provider, model } = this.#find(id);
    if (provider.createEmbedding === undefined) throw this.#withoutEmbeddings(id, provider.id);
    return keep(this.#embeddings, id, provider.createEmbedding(model));
  }

  resolveBatches(id: ModelId): BatchProvider {
    const { provider, model } = this.#find(id);
    if (provider.createBatches === undefined) throw this.#withoutBatches(id, provider.id);
    return withBatchFormatters(provider.createBatches(model), this.#formatters);
  }

  async load(): Promise<void> {
    await Promise.all([...this.#providers.values()].map((provider) => provider.load?.()));
  }

  list(): Promise<ModelEntry[]> {
    const now = Date.now();
    if (this.#list === undefined || now - this.#list.askedAt > listFreshMs) {
      this.#list = { entries: this.#askAll(), askedAt: now };
    }
    return this.#list.entries;
  }

  async #askAll(): Promise<ModelEntry[]> {
    const lists = await Promise.all([...this.#providers.values()].map(knownModels));
    const entries = lists.flat();
    const hasDefault = entries.some(({ id }) => id === this.defaultModel);
    const chosen = parseModelId(this.defaultModel);
    if (hasDefault || chosen === undefined || !this.#providers.has(chosen.provider)) return entries;
    return [{ id: this.defaultModel, provider: chosen.provider }, ...entries];
  }

  #find(id: ModelId): { provider: ModelProvider; model: string } {
    const parsed = parseModelId(id);
    if (parsed === undefined || id.length > maxModelCharacters) throw this.#unreadable(id);
    const provider = this.#providers.get(parsed.provider);
    if (provider === undefined) throw this.#missing(parsed.provider, parsed.model);
    const { onlyModels } = provider;
    if (onlyModels !== undefined && !onlyModels.includes(parsed.model)) {
      const near = onlyModels.map((model) => `${provider.id}/${model}`);
      throw notFound(id, near, [...this.#providers.keys()]);
    }
    return { provider, model: parsed.model };
  }

  #unreadable(id: string): TroupeError {
    const shown = id.slice(0, maxModelCharacters);
    return new TroupeError({
      code: 'model_not_found',
      fault: 'caller',
      message: `"${shown}" names no model. Write provider/model, such as "${this.defaultModel}".`,
      details: { model: shown, near_matches: [this.defaultModel] },
    });
  }

  #withoutEmbeddings(id: ModelId, providerId: string): TroupeError {
    const able = [...this.#providers.values()].filter((provider) => provider.createEmbedding !== undefined);
    const names = able.map((provider) => provider.id);
    const advice =
      names.length > 0 ? `Choose a model of ${names.join(' or ')}.` : 'Configure a provider that has, such as openai.';
    return new TroupeError({
      code: 'model_not_found',
      fault: 'caller',
      message: `The provider "${providerId}" has no embeddings. ${advice}`,
      details: { model: id, providers: names },
    });
  }

  #withoutBatches(id: ModelId, providerId: string): TroupeError {
    const able = [...this.#providers.values()].filter((provider) => provider.createBatches !== undefined);
    const names = able.map((provider) => provider.id);
    const advice =
      names.length > 0
        ? `Choose a model of ${names.join(' or ')}.`
        : 'Configure a provider that has, such as openai or anthropic.';
    return new TroupeError({
      code: 'invalid_request',
      fault: 'caller',
      message: `"${id}" takes no batches: ${providerId} has none. ${advice}`,
      details: { field: 'model', model: id, providers: names },
    });
  }

  #missing(providerId: string, model: string): TroupeError {
    const known = providerCatalog.find(({ id }) => id === providerId);
    if (known === undefined) {
      const ids = [...new Set([...providerCatalog.map(({ id }) => id), ...this.#providers.keys()])];
      const near = nearMatches(providerId, ids).map((id) => `${id}/${model}`);
      return notFound(`${providerId}/${model}`, near, ids);
    }
    const configured = [...this.#providers.keys()];
    const happened =
      known.setting === undefined
        ? `The model "${providerId}" answers only while no provider is configured. Choose`
        : `The provider "${providerId}" is not configured. Set ${known.setting} and start again, or choose`;
    const message = `${happened} a model of ${configured.join(', ')}.`;
    return new TroupeError({
      code: 'provider_not_configured',
      fault: 'server',
      message,
      details: { provider: providerId, configured, ...(known.setting !== undefined && { setting: known.setting }) },
    });
  }
}

/** Models are many and named by callers, so that all are forgotten before they are too many. */
function keep<Model>(models: Map<ModelId, Model>, id: ModelId, model: Model): Model {
  if (models.size >= maxKeptModels) models.clear();
  models.set(id, model);
  return model;
}

function configuredProviders(settings: ModelCatalogSettings): Map<string, ModelProvider> {
  const timeouts: ProviderTimeouts = { ...defaultTimeouts, ...settings.timeouts };
  const transport = new HttpTransport(timeouts);
  const transportFor = (own: Partial<ProviderTimeouts> | undefined) =>
    own === undefined ? transport : new HttpTransport({ ...timeouts, ...own });
  const all = [
    ...providerCatalog.flatMap((entry) => entry.create(settings, { transport }) ?? []),
    ...(settings.instances ?? []).map((entry) => createInstance(entry, { transport: transportFor(entry.timeouts) })),
    ...createRegisteredProviders({ transport }),
  ];
  const real = all.filter(({ id }) => id !== 'demo');
  const providers = new Map<string, ModelProvider>();
  for (const provider of real.length > 0 ? real : all) {
    refuseReserved(provider.id);
    if (providers.has(provider.id)) throw new Error(`Two providers are called "${provider.id}": rename one of them.`);
    providers.set(provider.id, provider);
  }
  return providers;
}

/** Well-known providers first, then those that were added, in their order. */
function defaultModelOf(providers: ReadonlyMap<string, ModelProvider>): ModelId {
  const first = [...defaultOrder, ...providers.keys()].find((id) => providers.has(id)) ?? 'demo';
  return `${first}/${providers.get(first)?.defaultModel ?? 'demo'}`;
}

/** Its default where the provider cannot be asked: a list is a help, not a promise. */
async function knownModels(provider: ModelProvider): Promise<ModelEntry[]> {
  const names = await provider.listModels().catch(() => [provider.defaultModel]);
  return names.map((model) => ({ id: `${provider.id}/${model}`, provider: provider.id }));
}

function notFound(id: ModelId, near: string[], providers: string[]): TroupeError {
  const advice =
    near.length > 0
      ? `Did you mean ${near.map((match) => `"${match}"`).join(' or ')}?`
      : `Providers are ${providers.join(', ')}.`;
  return new TroupeError({
    code: 'model_not_found',
    fault: 'caller',
    message: `There is no model "${id}". ${advice}`,
    details: { model: id, near_matches: near },
  });
}
