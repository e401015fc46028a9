import type { ModelSettings } from '@troupe/contracts';
import type { ModelRequest, ModelTool, OutputSchema, ToolChoice } from '@troupe/spec';
import type {
  FunctionTool,
  ResponseCreateParamsBase,
  ResponseFormatTextJSONSchemaConfig,
  ToolChoiceFunction,
} from 'openai/resources/responses/responses';
import { followsStrictRules } from '../../shared/follows-strict-rules.js';
import { mergeProviderOptions } from '../../shared/merge-provider-options.js';
import { refuseRequest } from '../../shared/refuse-request.js';
import { acceptsSampling } from '../accepts-sampling.js';
import { openAiDialect } from '../chat-dialect.js';
import { isReasoningModel } from '../is-reasoning-model.js';
import { outputConstraintFields } from '../output-constraint-fields.js';
import { promptCacheFields } from '../prompt-cache-fields.js';
import { reasoningEffort } from '../reasoning-effort.js';
import { convertToResponsesInput } from './convert-to-responses-input.js';
import { sayInResponses } from './say-in-responses.js';

export type ResponsesBody = Omit<ResponseCreateParamsBase, 'stream'>;

/**
 * A request to `/responses`. Nothing is stored there: the thread is ours, so reasoning comes back encrypted and is sent
 * again with the next request. @throws TroupeError for what the API cannot do
 */
export function convertToResponsesRequest(request: ModelRequest, provider: string, model: string): ResponsesBody {
  const { system, messages, tools = [], toolChoice, outputSchema, outputConstraint, settings = {} } = request;
  if (outputConstraint !== undefined) outputConstraintFields(outputConstraint, openAiDialect);
  const effort = isPlainModel(model) ? undefined : reasoningEffort(settings.reasoning);
  const body: ResponsesBody = {
    model,
    store: false,
    ...(!isPlainModel(model) && { include: ['reasoning.encrypted_content'] }),
    ...(system && { instructions: system }),
    input: convertToResponsesInput(messages, provider, model),
    ...(tools.length > 0 && {
      tools: tools.map(convertTool),
      ...(toolChoice !== undefined && { tool_choice: convertToolChoice(toolChoice) }),
    }),
    ...(outputSchema !== undefined && { text: { format: convertOutputSchema(outputSchema) } }),
    ...samplingFields(settings, model),
    ...(settings.max_tokens !== undefined && { max_output_tokens: settings.max_tokens }),
    ...(effort !== undefined && { reasoning: { effort } }),
    ...promptCacheFields(request, model, true),
  };
  return mergeProviderOptions(body, sayInResponses(settings, provider), provider);
}

/** Names of OpenAI's models that do not reason, which refuse to be asked for it; all others may. */
function isPlainModel(model: string): boolean {
  return /^(gpt|chatgpt|ft:gpt)-?/.test(model) && !/^gpt-oss/.test(model) && !isReasoningModel(model);
}

/** Reasoning models leave them out, as they do in Chat Completions. */
function samplingFields({ temperature, top_p, stop = [] }: ModelSettings, model: string) {
  if (!acceptsSampling(model)) return {};
  if (stop.length > 0) {
    throw refuseRequest(
      'The Responses API knows no stop sequences. Leave them out, or set OPENAI_API=chat for Chat Completions.',
    );
  }
  return { ...(temperature !== undefined && { temperature }), ...(top_p !== undefined && { top_p }) };
}

/** `strict` is said either way: left out it means yes here. */
function convertTool({ name, description, parameters }: ModelTool): FunctionTool {
  return { type: 'function', name, description, parameters, strict: followsStrictRules(parameters) };
}

function convertToolChoice(choice: ToolChoice): 'auto' | 'none' | 'required' | ToolChoiceFunction {
  return typeof choice === 'string' ? choice : { type: 'function', name: choice.name };
}

function convertOutputSchema({ name, schema }: OutputSchema): ResponseFormatTextJSONSchemaConfig {
  return { type: 'json_schema', name, schema, strict: followsStrictRules(schema) };
}
