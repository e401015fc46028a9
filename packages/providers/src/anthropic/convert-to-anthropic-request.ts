import { transformJSONSchema } from '@anthropic-ai/sdk/lib/transform-json-schema';
import type { MessageCreateParamsBase, Tool, ToolChoice } from '@anthropic-ai/sdk/resources/messages';
import { type JsonObject, type ModelSettings, TroupeError } from '@troupe/contracts';
import type { ModelRequest, OutputSchema, ToolChoice as RequestedToolChoice } from '@troupe/spec';
import { isError } from '../shared/is-error.js';
import { acceptsSampling } from './accepts-sampling.js';
import { convertToAnthropicMessages } from './convert-to-anthropic-messages.js';
import { defaultMaxTokens } from './default-max-tokens.js';

/** Sampling parameters are in the API version that we pin and no longer in the SDK's types. */
export type MessageBody = Omit<MessageCreateParamsBase, 'stream'> & { temperature?: number; top_p?: number };

export function convertToAnthropicRequest(request: ModelRequest, model: string): MessageBody {
  const { system, messages, tools, toolChoice, outputSchema, settings = {} } = request;
  return {
    model,
    max_tokens: settings.max_tokens ?? defaultMaxTokens(model),
    ...(system && { system }),
    messages: convertToAnthropicMessages(messages, model),
    ...(tools !== undefined &&
      tools.length > 0 && {
        tools: tools.map(({ name, description, parameters }) => ({
          name,
          description,
          input_schema: inputSchema(parameters),
        })),
        ...(toolChoice !== undefined && { tool_choice: convertToolChoice(toolChoice) }),
      }),
    ...(outputSchema !== undefined && {
      output_config: { format: { type: 'json_schema' as const, schema: convertSchema(outputSchema) } },
    }),
    ...(settings.stop !== undefined && settings.stop.length > 0 && { stop_sequences: settings.stop }),
    ...(acceptsSampling(model) && convertSampling(settings)),
  };
}

/**
 * The SDK's own translation: objects are closed, and keywords that constrained decoding does not know become part of
 * the description.
 */
function convertSchema({ name, schema }: OutputSchema): Record<string, unknown> {
  try {
    return transformJSONSchema(schema);
  } catch (error) {
    throw new TroupeError({
      code: 'provider_invalid_request',
      fault: 'caller',
      message: `Anthropic cannot follow the output schema "${name}": ${isError(error) ? error.message : error}.`,
      cause: error,
    });
  }
}

/** Claude 4 takes one of the two at a time; temperature is the one that people set on purpose. */
function convertSampling({ temperature, top_p }: ModelSettings): { temperature?: number; top_p?: number } {
  if (temperature !== undefined) return { temperature };
  return top_p === undefined ? {} : { top_p };
}

function inputSchema(parameters: JsonObject): Tool.InputSchema {
  return { ...parameters, type: 'object' };
}

function convertToolChoice(choice: RequestedToolChoice): ToolChoice {
  if (typeof choice === 'object') return { type: 'tool', name: choice.name };
  return { type: choice === 'required' ? 'any' : choice };
}
