import type { ChatSettings } from '../chat-request.js';
import type { ResponseRequest } from './response-request.js';

/** How an answer is to be made, in the words of the older dialect: both ask for the same. */
export function settingsOfResponse(request: ResponseRequest): ChatSettings {
  const { temperature, top_p, max_output_tokens, reasoning, parallel_tool_calls, tools } = request;
  return {
    temperature,
    top_p,
    max_completion_tokens: max_output_tokens,
    reasoning_effort: reasoning?.effort,
    parallel_tool_calls,
    response_format: formatOf(request.text?.format),
    tool_choice: choiceOf(request.tool_choice),
    tools: tools?.map(({ name, description, parameters }) => ({
      type: 'function',
      function: { name, description, parameters },
    })),
  };
}

type Format = NonNullable<NonNullable<ResponseRequest['text']>['format']>;

function formatOf(format: Format | null | undefined): ChatSettings['response_format'] {
  if (format?.type !== 'json_schema') return format;
  const { name, schema } = format;
  return { type: 'json_schema', json_schema: { name, schema } };
}

function choiceOf(choice: ResponseRequest['tool_choice']): ChatSettings['tool_choice'] {
  if (typeof choice !== 'object' || !choice) return choice;
  if (choice.type === 'function') return { type: 'function', function: { name: choice.name } };
  const tools = choice.tools.map(({ name }) => ({ type: 'function' as const, function: { name } }));
  return { type: 'allowed_tools', allowed_tools: { mode: choice.mode, tools } };
}
