import type { ModelCapabilities } from '@troupe/spec';
import type { ChatDialect } from './chat-dialect.js';

/** A model behind Chat Completions: what it is called, how its server speaks and what it can do. */
export interface ChatTarget {
  /** Whose `provider_options` are meant. */
  provider: string;
  model: string;
  dialect: ChatDialect;
  capabilities: ModelCapabilities;
}
