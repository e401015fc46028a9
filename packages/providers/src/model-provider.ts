import type { BatchProvider, ChatModel, EmbeddingModel, ModelCapabilities } from '@troupe/spec';
import type { HttpTransport } from './shared/http-transport.js';

/** One provider, configured. */
export interface ModelProvider {
  readonly id: string;
  /** Model part of the model that answers when nobody chose one. */
  readonly defaultModel: string;

  /** Where these are all there are. Other providers know more models than a list. */
  readonly onlyModels?: readonly string[];

  /** Any name is accepted: what the provider does not know, it says itself. */
  createModel(model: string): ChatModel;

  /** Absent where the provider has no embeddings. Any name is accepted, as for chat. */
  createEmbedding?(model: string): EmbeddingModel;

  /** Absent where the provider has no batches. Any name is accepted, as for chat. */
  createBatches?(model: string): BatchProvider;

  /** What its first call would load otherwise, such as an SDK. Absent where that is nothing. */
  load?(): Promise<unknown>;

  /** Names of the models that the provider offers to this key. @throws TroupeError */
  listModels(): Promise<string[]>;
}

/** How a provider is reached. */
export interface ProviderSettings {
  /** Several, where the work is to be spread over them; those that the provider refuses rest. */
  apiKeys?: readonly string[];
  /** Absent: the vendor's own address. */
  baseUrl?: string;
  /** What whoever sets these calls them, for errors; absent: the variables of a server's environment. */
  settingNames?: { key: string; baseUrl: string };
  /** Set when this is one of several of its kind: what it is called, and what is known of its models. */
  instance?: ProviderInstance;
}

/** One of several providers of one kind, as an entry of the providers file declares it. */
export interface ProviderInstance {
  /** The provider part of `provider/model`; replaces the kind's own. */
  id: string;
  /** What an operator would correct: the file and the entry, or the variable that holds the key. */
  keySetting: string;
  baseUrlSetting: string;
  defaultModel?: string;
  /** The names to list; absent: the server is asked. Other names are accepted all the same. */
  models?: readonly string[];
  /** Where its models differ from what is known of the kind. */
  capabilities?: Partial<ModelCapabilities>;
}

/** What the catalog lends every provider. */
export interface ProviderServices {
  transport: HttpTransport;
}
