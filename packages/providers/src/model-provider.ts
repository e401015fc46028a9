import type { ChatModel } from '@troupe/spec';
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

  /** Names of the models that the provider offers to this key. @throws TroupeError */
  listModels(): Promise<string[]>;
}

/** How a provider is reached. */
export interface ProviderSettings {
  /** Several, where the work is to be spread over them; those that the provider refuses rest. */
  apiKeys?: readonly string[];
  /** Absent: the vendor's own address. */
  baseUrl?: string;
}

/** What the catalog lends every provider. */
export interface ProviderServices {
  transport: HttpTransport;
}
