import type { ModelId } from '@troupe/contracts';
import type { ChatModel } from './chat-model.js';

/** A model that can be asked for by name. */
export interface ModelEntry {
  id: ModelId;
  provider: string;
}

/** The models of the providers that are configured. */
export interface ModelCatalog {
  /** Used where neither the request nor the agent names a model. */
  readonly defaultModel: ModelId;

  /**
   * The model of that name. Any model name of a configured provider is accepted: providers know more models than a list.
   * @throws TroupeError `model_not_found` (with near matches) or `provider_not_configured` (naming the setting to set).
   */
  resolve(id: ModelId): ChatModel;

  /**
   * Loads what the first call would load otherwise, such as a vendor's SDK. A server does so at its start; a program that
   * wants to start quickly does not. Absent where there is nothing to load.
   */
  load?(): Promise<void>;

  /** Known models of configured providers, asked of the provider where it can list them; never throws. */
  list(): Promise<ModelEntry[]>;
}
