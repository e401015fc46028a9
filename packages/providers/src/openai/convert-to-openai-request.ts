import type { ModelRequest, OutputSchema, ToolChoice } from '@troupe/spec';
import type { ChatCompletionCreateParamsBase, ChatCompletionToolChoiceOption } from 'openai/resources/chat/completions';
import type { ResponseFormatJSONSchema } from 'openai/resources/shared';
import { followsStrictRules } from '../shared/follows-strict-rules.js';
import { acceptsSampling } from './accepts-sampling.js';
import { convertToOpenAiMessages } from './convert-to-openai-messages.js';

export type ChatCompletionBody = Omit<ChatCompletionCreateParamsBase, 'stream'>;

/** A request to OpenAI, or to a server that speaks its format. */
export function convertToOpenAiRequest(request: ModelRequest, model: string): ChatCompletionBody {
  const { settings = {} } = request;
  const sampling = acceptsSampling(model);
  return {
    ...convertSharedFields(request, model),
    messages: convertToOpenAiMessages(request),
    ...(sampling && settings.temperature !== undefined && { temperature: settings.temperature }),
    ...(sampling && settings.top_p !== undefined && { top_p: settings.top_p }),
    ...(sampling && settings.stop !== undefined && settings.stop.length > 0 && { stop: settings.stop }),
    ...(settings.max_tokens !== undefined && { max_completion_tokens: settings.max_tokens }),
  };
}

/** What all dialects of Chat Completions write alike. */
export function convertSharedFields(
  { tools, toolChoice, outputSchema }: ModelRequest,
  model: string,
): Pick<ChatCompletionBody, 'model' | 'tools' | 'tool_choice' | 'response_format'> {
  return {
    model,
    ...(tools !== undefined &&
      tools.length > 0 && {
        tools: tools.map(({ name, description, parameters }) => ({
          type: 'function',
          function: { name, description, parameters },
        })),
        ...(toolChoice !== undefined && { tool_choice: convertToolChoice(toolChoice) }),
      }),
    ...(outputSchema !== undefined && { response_format: convertOutputSchema(outputSchema) }),
  };
}

function convertToolChoice(choice: ToolChoice): ChatCompletionToolChoiceOption {
  return typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.name } };
}

function convertOutputSchema({ name, schema }: OutputSchema): ResponseFormatJSONSchema {
  return { type: 'json_schema', json_schema: { name, schema, strict: followsStrictRules(schema) } };
}
