import type { ChatModel } from '@troupe/spec';
import type { SimulatedProvider } from '../llm-simulator/simulated-request.js';
import type { LlmSimulator } from '../llm-simulator/start-llm-simulator.js';

export interface ModelUnderTestOptions {
  baseUrl: string;
  /** The model's name in the provider's words. */
  model: string;
  /** Several with commas between them, as in the environment. */
  apiKey: string;
  /** How long a silent provider is waited for, in milliseconds; absent: the adapter's own patience. */
  silenceMs?: number;
}

export interface WireConformanceOptions {
  /** Whose wire format is spoken. */
  provider: SimulatedProvider;
  /** The provider part of the models' names; absent: that of the vendor. */
  id?: string;
  /** What distinguishes this suite from others over the same format; absent: the id. */
  title?: string;
  /** Names that errors must tell an operator; absent: `<ID>_API_KEY` and `<ID>_BASE_URL`. */
  settings?: { key: string; baseUrl: string };
  /** Where this adapter or server can less, or more, than the format says. */
  abilities?: Partial<WireAbilities>;
  /** A model of that provider whose server is at the base URL. */
  createModel(options: ModelUnderTestOptions): ChatModel;
}

/** What the groups of the suite share: a server that is reset before each test, and models that talk to it. */
export interface ConformanceBench {
  /** The provider part of the models' names. */
  id: string;
  settings: { key: string; baseUrl: string };
  abilities: WireAbilities;
  readonly simulator: LlmSimulator;
  model(options?: Partial<ModelUnderTestOptions>): ChatModel;
}

/** What a wire format can say at all; everything else is expected of every provider. */
export interface WireAbilities {
  showsReasoning: boolean;
  /** Whether reasoning goes back once its tool loop is over. */
  keepsPastReasoning: boolean;
  /** Whether reasoning that was altered is refused. */
  checksReasoning: boolean;
  countsCache: boolean;
  countsReasoning: boolean;
  statesCost: boolean;
  namesResponses: boolean;
  hasToolChoice: boolean;
  /** Whether a tool result can say that the tool failed. */
  marksFailedResults: boolean;
  takesImageUrls: boolean;
  /** Whether there are stop sequences. */
  takesStop: boolean;
  /** What the provider writes for a refusal. */
  refusal: 'refusal' | undefined;
  contentFilter: 'content_filter' | 'refusal' | undefined;
}

export const wireAbilities: Record<SimulatedProvider, WireAbilities> = {
  openai: {
    showsReasoning: false,
    keepsPastReasoning: false,
    checksReasoning: false,
    countsCache: true,
    countsReasoning: true,
    statesCost: false,
    namesResponses: true,
    hasToolChoice: true,
    marksFailedResults: false,
    takesImageUrls: true,
    takesStop: true,
    refusal: 'refusal',
    contentFilter: 'content_filter',
  },
  anthropic: {
    showsReasoning: true,
    keepsPastReasoning: true,
    checksReasoning: true,
    countsCache: true,
    countsReasoning: true,
    statesCost: false,
    namesResponses: true,
    hasToolChoice: true,
    marksFailedResults: true,
    takesImageUrls: true,
    takesStop: true,
    refusal: 'refusal',
    contentFilter: 'refusal',
  },
  openrouter: {
    showsReasoning: true,
    keepsPastReasoning: false,
    checksReasoning: true,
    countsCache: true,
    countsReasoning: true,
    statesCost: true,
    namesResponses: true,
    hasToolChoice: true,
    marksFailedResults: false,
    takesImageUrls: true,
    takesStop: true,
    refusal: 'refusal',
    contentFilter: 'content_filter',
  },
  ollama: {
    showsReasoning: true,
    keepsPastReasoning: true,
    checksReasoning: false,
    countsCache: false,
    countsReasoning: false,
    statesCost: false,
    namesResponses: false,
    hasToolChoice: false,
    marksFailedResults: false,
    takesImageUrls: false,
    takesStop: true,
    refusal: undefined,
    contentFilter: undefined,
  },
};
