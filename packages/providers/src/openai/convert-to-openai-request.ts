import type { JsonObject } from '@troupe/contracts';
import type { ModelRequest, ModelTool, OutputSchema, ToolChoice } from '@troupe/spec';
import type { ChatCompletionCreateParamsBase, ChatCompletionToolChoiceOption } from 'openai/resources/chat/completions';
import type { ResponseFormatJSONSchema } from 'openai/resources/shared';
import { followsStrictRules } from '../shared/follows-strict-rules.js';
import { mergeProviderOptions } from '../shared/merge-provider-options.js';
import { acceptsSampling } from './accepts-sampling.js';
import { type ChatDialect, openAiDialect } from './chat-dialect.js';
import type { ChatTarget } from './chat-target.js';
import { convertToOpenAiMessages } from './convert-to-openai-messages.js';
import { isReasoningModel } from './is-reasoning-model.js';
import { outputConstraintFields } from './output-constraint-fields.js';
import { promptCacheFields } from './prompt-cache-fields.js';
import { reasoningEffort } from './reasoning-effort.js';
import { shapeOutput } from './shape-output.js';

export type ChatCompletionBody = Omit<ChatCompletionCreateParamsBase, 'stream'>;

/** A request to OpenAI, or to a server that speaks its format. @throws TroupeError for what the model cannot do */
export function convertToOpenAiRequest(request: ModelRequest, target: ChatTarget): ChatCompletionBody {
  const { provider, model, dialect, capabilities } = target;
  const { settings = {} } = request;
  const shaped = shapeOutput(request, target);
  const sampling = !dialect.namesTellAbilities || acceptsSampling(model);
  const systemRole = dialect.developerRole && isReasoningModel(model) ? 'developer' : 'system';
  const body: ChatCompletionBody = {
    ...convertSharedFields(shaped.request, model, {
      ...dialect,
      strictTools: dialect.strictTools || capabilities.structuredOutput === 'strict_tool',
    }),
    messages: convertToOpenAiMessages(shaped.request, systemRole, {
      images: capabilities.images,
      files: capabilities.files ? 'base64' : 'none',
    }),
    ...shaped.fields,
    ...(request.outputConstraint !== undefined && outputConstraintFields(request.outputConstraint, dialect)),
    ...(sampling && settings.temperature !== undefined && { temperature: settings.temperature }),
    ...(sampling && settings.top_p !== undefined && { top_p: settings.top_p }),
    ...(sampling && settings.stop !== undefined && settings.stop.length > 0 && { stop: settings.stop }),
    ...(settings.max_tokens !== undefined && { [dialect.maxTokensField]: settings.max_tokens }),
    ...reasoningFields(request, target),
    ...(dialect.promptCacheKey && cacheFields(request, model)),
  };
  return mergeProviderOptions(body, settings, provider);
}

/** What all dialects of Chat Completions write alike. */
export function convertSharedFields(
  { tools = [], toolChoice, outputSchema }: ModelRequest,
  model: string,
  { strictTools, toolChoiceByName }: Pick<ChatDialect, 'strictTools' | 'toolChoiceByName'> = {
    ...openAiDialect,
    strictTools: false,
  },
): Pick<ChatCompletionBody, 'model' | 'tools' | 'tool_choice' | 'response_format'> {
  const isNamed = typeof toolChoice === 'object';
  // A server that cannot be told which tool gets only that one.
  const offered = isNamed && !toolChoiceByName ? tools.filter(({ name }) => name === toolChoice.name) : tools;
  const choice = isNamed && !toolChoiceByName ? 'required' : toolChoice;
  return {
    model,
    ...(offered.length > 0 && {
      tools: offered.map((tool) => ({ type: 'function', function: convertTool(tool, strictTools) })),
      ...(choice !== undefined && { tool_choice: convertToolChoice(choice) }),
    }),
    ...(outputSchema !== undefined && { response_format: convertOutputSchema(outputSchema) }),
  };
}

/** Strict where the schema allows it: then the arguments are sure to be valid. */
function convertTool({ name, description, parameters }: ModelTool, strictTools: boolean) {
  return { name, description, parameters, ...(strictTools && followsStrictRules(parameters) && { strict: true }) };
}

function convertToolChoice(choice: ToolChoice): ChatCompletionToolChoiceOption {
  return typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.name } };
}

function convertOutputSchema({ name, schema }: OutputSchema): ResponseFormatJSONSchema {
  return { type: 'json_schema', json_schema: { name, schema, strict: followsStrictRules(schema) } };
}

/** A hint, as sampling settings are: models of OpenAI that do not reason are not asked to. */
function reasoningFields({ settings }: ModelRequest, { dialect, model }: ChatTarget): JsonObject {
  const effort = reasoningEffort(settings?.reasoning);
  if (effort === undefined || (dialect.namesTellAbilities && !isReasoningModel(model))) return {};
  if (dialect.thinkingSwitch !== undefined && effort === 'none') {
    return { [dialect.thinkingSwitch]: { enable_thinking: false } };
  }
  return { reasoning_effort: effort };
}

/** Chat Completions types no time to live but its default, which needs not be said. */
function cacheFields(request: ModelRequest, model: string) {
  const { prompt_cache_options, ...fields } = promptCacheFields(request, model);
  return {
    ...fields,
    ...(prompt_cache_options?.mode && { prompt_cache_options: { mode: prompt_cache_options.mode } }),
  };
}
