import type { ResponsesReasoning } from './requests/responses-items.js';

export const simulatedProviders = ['openai', 'anthropic', 'openrouter', 'ollama'] as const;

export type SimulatedProvider = (typeof simulatedProviders)[number];

export interface SimulatedToolCall {
  /** Undefined where the wire format has none (Ollama). */
  id?: string;
  name: string;
  arguments: unknown;
}

export interface SimulatedMessage {
  role: 'system' | 'user' | 'assistant' | 'tool';
  /** All text parts, joined by line breaks. */
  text: string;
  /** Assistant messages only. */
  toolCalls?: SimulatedToolCall[];
  /** Tool messages only. */
  toolCallId?: string;
  /** Tool messages only; found through the call id where the wire format does not repeat it. */
  toolName?: string;
  isError?: boolean;
}

export interface SimulatedTool {
  name: string;
  description: string;
  /** JSON Schema of the arguments. */
  parameters: Record<string, unknown>;
}

export type SimulatedToolChoice = 'auto' | 'none' | 'required' | { name: string };

/** A request in one neutral shape, whichever of the four wire formats it came in. */
export interface SimulatedRequest {
  provider: SimulatedProvider;
  model: string;
  /** Who answers, where the request leaves a choice: OpenRouter's model and upstream. Absent: the model that was asked. */
  servedBy?: { model: string; upstream: string };
  /** The system prompt is the first message, whatever its place on the wire. */
  messages: SimulatedMessage[];
  tools: SimulatedTool[];
  toolChoice: SimulatedToolChoice;
  /** The text of the last user message; empty when there is none. */
  lastUserText: string;
  stream: boolean;
  /** The reply must be JSON; `schema` is undefined in plain JSON mode. */
  responseFormat?: { schema?: Record<string, unknown> };
  /** Output tokens, undefined when the request sets no limit. */
  maxTokens?: number;
  /** Whether a stream carries usage: asked for in OpenAI's format, always in the others. */
  includeUsage: boolean;
  /** Characters of everything the model would read: messages, tools, schema. Tokens are estimated from it. */
  promptCharacters: number;
  /** Requests to OpenAI's Responses API only: what becomes of its reasoning. */
  responses?: ResponsesReasoning;
}
