import type { ModelSettings, ReasoningSettings } from '@troupe/contracts';
import type { ModelRequest, ToolChoice } from '@troupe/spec';
import type { ChatSettings } from './chat-request.js';
import type { Conversation } from './conversation-builder.js';

/** Some providers answer in JSON only where the prompt speaks of it, and others know no such mode. */
const ASK_FOR_JSON = 'Answer with one JSON object and nothing else.';

/** How those that have a mode for JSON without a schema are told. */
const JSON_MODES: NonNullable<ModelSettings['provider_options']> = {
  ollama: { format: 'json' },
  openai: { response_format: { type: 'json_object' } },
  openrouter: { response_format: { type: 'json_object' } },
};

/** Several calls in one answer are everybody's habit, and each has its own word against it. */
const ONE_CALL_AT_MOST: NonNullable<ModelSettings['provider_options']> = {
  anthropic: { tool_choice: { disable_parallel_tool_use: true } },
  openai: { parallel_tool_calls: false },
  openrouter: { parallel_tool_calls: false },
};

/** A request for a model as it is. */
export function chatModelRequest(chat: ChatSettings, conversation: Conversation): ModelRequest {
  const { system, messages } = startedByUser(conversation);
  const { response_format: format } = chat;
  const tools = offeredTools(chat);
  const oneCall = chat.parallel_tool_calls === false && chat.tool_choice !== 'none' && Boolean(tools?.length);
  const choice = chat.tool_choice ?? (oneCall ? 'auto' : undefined);
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
    ...(choice && { toolChoice: toolChoice(choice) }),
    ...(format?.type === 'json_schema' && { outputSchema: format.json_schema }),
    settings: { ...settingsOf(chat), ...optionsOf(wantsJson && JSON_MODES, oneCall && ONE_CALL_AT_MOST) },
  };
}

/** OpenAI answers instructions alone, as programs ask that have nothing but a prompt; others want a user's word. */
function startedByUser({ system, messages }: Conversation): Conversation {
  if (messages.length > 0 || system === undefined) return { system, messages };
  return { system: undefined, messages: [{ role: 'user', content: [{ type: 'text', text: system }] }] };
}

function offeredTools({ tools, tool_choice: choice }: ChatSettings): ChatSettings['tools'] {
  if (typeof choice !== 'object' || choice?.type !== 'allowed_tools') return tools;
  const allowed = new Set(choice.allowed_tools.tools.map((tool) => tool.function.name));
  return tools?.filter((tool) => allowed.has(tool.function.name));
}

function toolChoice(choice: NonNullable<ChatSettings['tool_choice']>): ToolChoice {
  if (typeof choice === 'string') return choice;
  return choice.type === 'allowed_tools' ? choice.allowed_tools.mode : { name: choice.function.name };
}

/** Each of them knows other providers' words, or other words of the same. */
function optionsOf(...said: (ModelSettings['provider_options'] | false)[]): Pick<ModelSettings, 'provider_options'> {
  const options: NonNullable<ModelSettings['provider_options']> = {};
  for (const one of said) {
    for (const [provider, words] of Object.entries(one || {})) options[provider] = { ...options[provider], ...words };
  }
  return Object.keys(options).length > 0 ? { provider_options: options } : {};
}

function settingsOf(chat: ChatSettings): ModelSettings {
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
