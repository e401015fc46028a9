import type { ChatModel } from '@troupe/spec';
import type { SimulatedProvider } from '../llm-simulator/simulated-request.js';
import type { LlmSimulator } from '../llm-simulator/start-llm-simulator.js';

export interface ModelUnderTestOptions {
  baseUrl: string;
  /** The model's name in the provider's words. */
  model: string;
  apiKey: string;
  /** How long a silent provider is waited for, in milliseconds; absent: the adapter's own patience. */
  silenceMs?: number;
}

export interface WireConformanceOptions {
  provider: SimulatedProvider;
  /** A model of that provider whose server is at the base URL. */
  createModel(options: ModelUnderTestOptions): ChatModel;
}

/** What the groups of the suite share: a server that is reset before each test, and models that talk to it. */
export interface ConformanceBench {
  provider: SimulatedProvider;
  abilities: WireAbilities;
  readonly simulator: LlmSimulator;
  model(options?: Partial<ModelUnderTestOptions>): ChatModel;
}

/** What a wire format can say at all; everything else is expected of every provider. */
export interface WireAbilities {
  showsReasoning: boolean;
  countsCache: boolean;
  countsReasoning: boolean;
  statesCost: boolean;
  namesResponses: boolean;
  hasToolChoice: boolean;
  /** Whether a tool result can say that the tool failed. */
  marksFailedResults: boolean;
  takesImageUrls: boolean;
  /** What the provider writes for a refusal. */
  refusal: 'refusal' | undefined;
  contentFilter: 'content_filter' | 'refusal' | undefined;
}

export const wireAbilities: Record<SimulatedProvider, WireAbilities> = {
  openai: {
    showsReasoning: false,
    countsCache: true,
    countsReasoning: true,
    statesCost: false,
    namesResponses: true,
    hasToolChoice: true,
    marksFailedResults: false,
    takesImageUrls: true,
    refusal: 'refusal',
    contentFilter: 'content_filter',
  },
  anthropic: {
    showsReasoning: true,
    countsCache: true,
    countsReasoning: true,
    statesCost: false,
    namesResponses: true,
    hasToolChoice: true,
    marksFailedResults: true,
    takesImageUrls: true,
    refusal: 'refusal',
    contentFilter: 'refusal',
  },
  openrouter: {
    showsReasoning: true,
    countsCache: true,
    countsReasoning: true,
    statesCost: true,
    namesResponses: true,
    hasToolChoice: true,
    marksFailedResults: false,
    takesImageUrls: true,
    refusal: 'refusal',
    contentFilter: 'content_filter',
  },
  ollama: {
    showsReasoning: true,
    countsCache: false,
    countsReasoning: false,
    statesCost: false,
    namesResponses: false,
    hasToolChoice: false,
    marksFailedResults: false,
    takesImageUrls: false,
    refusal: undefined,
    contentFilter: undefined,
  },
};
