import type { ModelSettings, ReasoningSettings } from '@troupe/contracts';
import type { ModelRequest, ToolChoice } from '@troupe/spec';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';
import type { ChatRequest } from './chat-request.js';
import { conversationOf } from './conversation.js';

/** Some providers answer in JSON only where the prompt speaks of it, and others know no such mode. */
const ASK_FOR_JSON = 'Answer with one JSON object and nothing else.';

/** How those that have a mode for JSON without a schema are told. */
const JSON_MODES: NonNullable<ModelSettings['provider_options']> = {
  ollama: { format: 'json' },
  openai: { response_format: { type: 'json_object' } },
  openrouter: { response_format: { type: 'json_object' } },
};

/** A request for a model as it is. */
export function chatModelRequest(chat: ChatRequest): ModelRequest {
  const { system, messages } = conversationOf(chat.messages);
  if (messages.length === 0) {
    throw invalidRequest([fieldError(['messages'], 'messages must hold at least one message of a user.')]);
  }
  const { response_format: format, tools } = chat;
  const wantsJson = format?.type === 'json_object';
  const systemText = [system, wantsJson && ASK_FOR_JSON].filter(Boolean).join('\n\n');
  return {
    ...(systemText !== '' && { system: systemText }),
    messages,
    ...(tools && {
      tools: tools.map(({ function: { name, description, parameters } }) => ({
        name,
        description: description ?? '',
        parameters: parameters ?? { type: 'object', properties: {} },
      })),
    }),
    ...(chat.tool_choice && { toolChoice: toolChoice(chat.tool_choice) }),
    ...(format?.type === 'json_schema' && { outputSchema: format.json_schema }),
    settings: { ...settingsOf(chat), ...(wantsJson && { provider_options: JSON_MODES }) },
  };
}

function toolChoice(choice: NonNullable<ChatRequest['tool_choice']>): ToolChoice {
  return typeof choice === 'string' ? choice : { name: choice.function.name };
}

function settingsOf(chat: ChatRequest): ModelSettings {
  const temperature = chat.temperature ?? undefined;
  const top_p = chat.top_p ?? undefined;
  const max_tokens = chat.max_completion_tokens ?? chat.max_tokens ?? undefined;
  const effort = effortOf(chat.reasoning_effort);
  return {
    ...(temperature !== undefined && { temperature }),
    ...(top_p !== undefined && { top_p }),
    ...(max_tokens !== undefined && { max_tokens }),
    ...(chat.stop && { stop: [chat.stop].flat() }),
    ...(effort && { reasoning: { effort } }),
  };
}

const EFFORTS: Readonly<Record<string, ReasoningSettings['effort']>> = {
  none: 'none',
  minimal: 'minimal',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
};

/** A word that nobody knows is left to the provider's own habit. */
function effortOf(word: string | null | undefined): ReasoningSettings['effort'] {
  return EFFORTS[word ?? ''];
}
