import { type ModelId, parseModelId, TroupeError } from '@troupe/contracts';
import type { ChatModel, ModelCatalog, ModelEntry } from '@troupe/spec';
import { defaultOrder, type ProvidersSettings, providerCatalog } from './catalog.js';
import type { ModelProvider } from './model-provider.js';
import { nearMatches } from './near-matches.js';
import { HttpTransport } from './shared/http-transport.js';
import { defaultTimeouts, type ProviderTimeouts } from './shared/provider-timeouts.js';

export interface ModelCatalogSettings extends ProvidersSettings {
  /** `provider/model`; absent: the first configured provider's own default. */
  defaultModel?: ModelId;
  /** Where they differ from the defaults. */
  timeouts?: Partial<ProviderTimeouts>;
}

/** Lists are asked of providers at most this often. */
const listFreshMs = 60_000;
/** Callers may name any model, so what is kept of them is bounded. */
const maxKeptModels = 1_000;
const maxModelCharacters = 200;

/** The models of the providers that the settings configure; the demo answers only when they configure none. */
export function createModelCatalog(settings: ModelCatalogSettings): ModelCatalog {
  return new ConfiguredModels(settings);
}

class ConfiguredModels implements ModelCatalog {
  readonly defaultModel: ModelId;
  readonly #providers: Map<string, ModelProvider>;
  readonly #models = new Map<ModelId, ChatModel>();
  #list: { entries: Promise<ModelEntry[]>; askedAt: number } | undefined;

  constructor(settings: ModelCatalogSettings) {
    this.#providers = configuredProviders(settings);
    this.defaultModel = settings.defaultModel ?? defaultModelOf(this.#providers);
  }

  resolve(id: ModelId): ChatModel {
    const kept = this.#models.get(id);
    if (kept !== undefined) return kept;
    const { provider, model } = this.#find(id);
    const created = provider.createModel(model);
    if (this.#models.size >= maxKeptModels) this.#models.clear();
    this.#models.set(id, created);
    return created;
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
      throw notFound(
        id,
        onlyModels.map((model) => `${provider.id}/${model}`),
      );
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

  #missing(providerId: string, model: string): TroupeError {
    const known = providerCatalog.find(({ id }) => id === providerId);
    if (known === undefined) {
      const near = nearMatches(
        providerId,
        providerCatalog.map(({ id }) => id),
      );
      return notFound(
        `${providerId}/${model}`,
        near.map((id) => `${id}/${model}`),
      );
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

function configuredProviders(settings: ModelCatalogSettings): Map<string, ModelProvider> {
  const transport = new HttpTransport({ ...defaultTimeouts, ...settings.timeouts });
  const all = providerCatalog.flatMap((entry) => entry.create(settings, { transport }) ?? []);
  const real = all.filter(({ id }) => id !== 'demo');
  return new Map((real.length > 0 ? real : all).map((provider) => [provider.id, provider]));
}

function defaultModelOf(providers: ReadonlyMap<string, ModelProvider>): ModelId {
  const first = defaultOrder.find((id) => providers.has(id)) ?? 'demo';
  return `${first}/${providers.get(first)?.defaultModel ?? 'demo'}`;
}

/** Its default where the provider cannot be asked: a list is a help, not a promise. */
async function knownModels(provider: ModelProvider): Promise<ModelEntry[]> {
  const names = await provider.listModels().catch(() => [provider.defaultModel]);
  return names.map((model) => ({ id: `${provider.id}/${model}`, provider: provider.id }));
}

function notFound(id: ModelId, near: string[]): TroupeError {
  const advice = near.length > 0 ? `Did you mean ${near.map((match) => `"${match}"`).join(' or ')}?` : providerAdvice();
  return new TroupeError({
    code: 'model_not_found',
    fault: 'caller',
    message: `There is no model "${id}". ${advice}`,
    details: { model: id, near_matches: near },
  });
}

function providerAdvice(): string {
  return `Providers are ${providerCatalog.map(({ id }) => id).join(', ')}.`;
}
