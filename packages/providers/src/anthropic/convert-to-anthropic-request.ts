import type { MessageCreateParamsBase, Tool, ToolChoice } from '@anthropic-ai/sdk/resources/messages';
import type { JsonObject, ModelSettings } from '@troupe/contracts';
import type { ModelRequest, ModelTool, ToolChoice as RequestedToolChoice } from '@troupe/spec';
import { mergeProviderOptions } from '../shared/merge-provider-options.js';
import { acceptsSampling } from './accepts-sampling.js';
import { type ClaudeTraits, claudeTraits } from './claude-traits.js';
import { convertReasoning } from './convert-reasoning.js';
import { convertToAnthropicMessages, type ThinkingOrigin } from './convert-to-anthropic-messages.js';
import { defaultMaxTokens } from './default-max-tokens.js';
import { markCacheBreakpoints } from './mark-cache-breakpoints.js';
import { mayThink } from './may-think.js';
import { type PreparedRequest, prepareOutput } from './prepare-output.js';
import { strictTools } from './strict-tools.js';

/** Sampling parameters are in the API version that we pin and no longer in the SDK's types. */
export type MessageBody = Omit<MessageCreateParamsBase, 'stream' | 'tools'> & {
  tools?: Tool[];
  temperature?: number;
  top_p?: number;
};

/** @throws TroupeError for what the API cannot do */
export function convertToAnthropicRequest(request: ModelRequest, model: string, provider = 'anthropic'): MessageBody {
  const traits = claudeTraits(model);
  const body = toBody(prepareOutput(request, traits), { provider, model }, traits);
  return mergeProviderOptions(markCacheBreakpoints(body, request.settings?.prompt_cache), request.settings, provider);
}

function toBody({ request, schema }: PreparedRequest, origin: ThinkingOrigin, traits: ClaudeTraits): MessageBody {
  const { model } = origin;
  const { system, toolChoice, settings = {} } = request;
  const messages = convertToAnthropicMessages(request.messages, origin, traits);
  const tools = offeredTools(request, traits);
  const reasoning = convertReasoning(settings.reasoning, {
    traits,
    limit: settings.max_tokens,
    isPossible: mayThink(messages, toolChoice, traits),
  });
  const outputConfig = {
    ...(reasoning.effort !== undefined && { effort: reasoning.effort }),
    ...(schema !== undefined && { format: { type: 'json_schema' as const, schema } }),
  };
  return {
    model,
    max_tokens: settings.max_tokens ?? defaultMaxTokens(model, traits) + reasoning.roomTokens,
    ...(system && { system }),
    messages,
    ...(tools.length > 0 && {
      tools: convertTools(tools, traits),
      ...(toolChoice !== undefined && { tool_choice: convertToolChoice(toolChoice, traits) }),
    }),
    ...(reasoning.thinking !== undefined && { thinking: reasoning.thinking }),
    ...(Object.keys(outputConfig).length > 0 && { output_config: outputConfig }),
    ...(settings.stop !== undefined && settings.stop.length > 0 && { stop_sequences: settings.stop }),
    // A request that asks for thinking may not set them.
    ...(acceptsSampling(model) && !reasoning.isOn && convertSampling(settings)),
  };
}

/** Where no call can be demanded, a tool that must be called is the only one that is offered. */
function offeredTools({ tools = [], toolChoice }: ModelRequest, { forcesTools }: ClaudeTraits): ModelTool[] {
  if (forcesTools || typeof toolChoice !== 'object') return tools;
  return tools.filter(({ name }) => name === toolChoice.name);
}

function convertTools(tools: ModelTool[], { isClaude, followsSchemas }: ClaudeTraits): Tool[] {
  const strict = isClaude && followsSchemas ? strictTools(tools) : new Set<string>();
  return tools.map(({ name, description, parameters }) => ({
    name,
    description,
    input_schema: inputSchema(parameters),
    ...(strict.has(name) && { strict: true }),
  }));
}

/** Claude 4 takes one of the two at a time; temperature is the one that people set on purpose. */
function convertSampling({ temperature, top_p }: ModelSettings): { temperature?: number; top_p?: number } {
  if (temperature !== undefined) return { temperature };
  return top_p === undefined ? {} : { top_p };
}

function inputSchema(parameters: JsonObject): Tool.InputSchema {
  return { ...parameters, type: 'object' };
}

function convertToolChoice(choice: RequestedToolChoice, { forcesTools }: ClaudeTraits): ToolChoice {
  if (choice === 'none' || choice === 'auto') return { type: choice };
  if (!forcesTools) return { type: 'auto' };
  return typeof choice === 'object' ? { type: 'tool', name: choice.name } : { type: 'any' };
}
