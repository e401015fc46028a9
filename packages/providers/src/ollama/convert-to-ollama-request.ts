import type { JsonObject, ModelSettings, ReasoningSettings } from '@troupe/contracts';
import type { ModelRequest, ModelTool, ToolChoice } from '@troupe/spec';
import { isJsonObject } from '../shared/parse-tool-arguments.js';
import { refuseRequest } from '../shared/refuse-request.js';
import { convertToOllamaMessages, type OllamaTarget } from './convert-to-ollama-messages.js';
import type { WireRequest } from './ollama-wire.js';

/** Fields of a request itself; what else `provider_options.ollama` names is an option of the runner, as `num_ctx`. */
const requestFields = new Set(['format', 'keep_alive', 'logprobs', 'shift', 'think', 'top_logprobs', 'truncate']);

/** @throws TroupeError for what the API cannot do */
export function convertToOllamaRequest(request: ModelRequest, target: OllamaTarget, stream: boolean): WireRequest {
  const { provider, model } = target;
  const { outputSchema, outputConstraint, settings = {} } = request;
  if (outputConstraint !== undefined) {
    throw refuseRequest(
      `Ollama cannot hold an answer to a ${outputConstraint.type}, only to a JSON schema. Use an output schema.`,
    );
  }
  const tools = offeredTools(request.tools ?? [], request.toolChoice);
  const think = convertReasoning(settings.reasoning, model);
  const { fields, runnerOptions } = splitOptions(settings.provider_options?.[provider]);
  const options = { ...convertSettings(settings), ...runnerOptions };
  return {
    model,
    messages: convertToOllamaMessages(request, target),
    stream,
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description, parameters }) => ({
        type: 'function',
        function: { name, description, parameters },
      })),
    }),
    ...(outputSchema !== undefined && { format: outputSchema.schema }),
    ...(think !== undefined && { think }),
    ...(Object.keys(options).length > 0 && { options }),
    ...fields,
  };
}

/** Ollama has no tool choice: what may not be called is not offered. That a call is required cannot be said. */
function offeredTools(tools: ModelTool[], choice: ToolChoice | undefined): ModelTool[] {
  if (choice === 'none') return [];
  return typeof choice === 'object' ? tools.filter((tool) => tool.name === choice.name) : tools;
}

/** Only gpt-oss has levels, and it cannot be kept from thinking; the server refuses levels for every other model. */
function convertReasoning({ effort, max_tokens }: ReasoningSettings = {}, model: string): WireRequest['think'] {
  if (effort === undefined && max_tokens === undefined) return undefined;
  const isOff = effort === 'none' || max_tokens === 0;
  if (!/(^|\/)gpt-oss/.test(model)) return !isOff;
  if (isOff || effort === 'minimal') return 'low';
  return effort ?? 'medium';
}

function splitOptions(given: JsonObject = {}): { fields: JsonObject; runnerOptions: JsonObject } {
  const fields: JsonObject = {};
  const runnerOptions: JsonObject = {};
  for (const [name, value] of Object.entries(given)) {
    if (name === 'options' && isJsonObject(value)) Object.assign(runnerOptions, value);
    else if (requestFields.has(name)) fields[name] = value;
    else runnerOptions[name] = value;
  }
  return { fields, runnerOptions };
}

function convertSettings({ temperature, top_p, max_tokens, stop }: ModelSettings): JsonObject {
  return {
    ...(temperature !== undefined && { temperature }),
    ...(top_p !== undefined && { top_p }),
    ...(max_tokens !== undefined && { num_predict: max_tokens }),
    ...(stop !== undefined && stop.length > 0 && { stop }),
  };
}
