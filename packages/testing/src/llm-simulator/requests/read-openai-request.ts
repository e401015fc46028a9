import type { SimulatedMessage, SimulatedRequest, SimulatedTool, SimulatedToolChoice } from '../simulated-request.js';
import { findStrictSchemaProblem } from './check-strict-schema.js';
import { checkToolPairing } from './check-tool-pairing.js';
import type { JsonObject } from './json-object.js';
import { isJsonObject, numberOf, objectOf, objectsOf, stringOf } from './json-object.js';
import { RejectedRequest } from './rejected-request.js';
import { lastUserTextOf, nameToolResults, promptCharactersOf } from './summarize-request.js';

/**
 * Reads a Chat Completions request, OpenAI's own or OpenRouter's superset.
 * @throws RejectedRequest for what the vendor refuses
 */
export function readOpenAiRequest(provider: 'openai' | 'openrouter', body: JsonObject): SimulatedRequest {
  if (!Array.isArray(body.messages)) {
    throw new RejectedRequest(400, "Missing required parameter: 'messages'.", 'missing_required_parameter', 'messages');
  }
  if (body.messages.length === 0) {
    throw new RejectedRequest(
      400,
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      'empty_array',
      'messages',
    );
  }
  if (typeof body.model !== 'string' || body.model === '') {
    throw new RejectedRequest(400, 'you must provide a model parameter');
  }
  const messages = body.messages.map(readMessage);
  nameToolResults(messages);
  checkToolPairing(messages, {
    unanswered: (ids) =>
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
      `The following tool_call_ids did not have response messages: ${ids.join(', ')}`,
    unexpected: () =>
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
  });
  const tools = objectsOf(body.tools)
    .filter((tool) => tool.type === 'function')
    .map(readTool);
  const responseFormat = readResponseFormat(objectOf(body.response_format));
  return {
    provider,
    model: body.model,
    messages,
    tools,
    toolChoice: readToolChoice(body.tool_choice),
    lastUserText: lastUserTextOf(messages),
    stream: body.stream === true,
    responseFormat,
    maxTokens: numberOf(body.max_completion_tokens) ?? numberOf(body.max_tokens),
    includeUsage: provider === 'openrouter' || objectOf(body.stream_options).include_usage === true,
    promptCharacters: promptCharactersOf(messages, tools, responseFormat?.schema),
  };
}

const roles: Record<string, SimulatedMessage['role']> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
};

function readMessage(value: unknown, index: number): SimulatedMessage {
  const message = objectOf(value);
  const role = roles[stringOf(message.role)];
  if (role === undefined) {
    throw new RejectedRequest(
      400,
      `Invalid value: '${stringOf(message.role)}'. Supported values are: 'system', 'assistant', 'user', 'tool', and ` +
        "'developer'.",
      'invalid_value',
      `messages[${index}].role`,
    );
  }
  const hasCalls = Array.isArray(message.tool_calls) && message.tool_calls.length > 0;
  if (typeof message.content !== 'string' && !Array.isArray(message.content) && !hasCalls && !message.refusal) {
    throw new RejectedRequest(
      400,
      `Invalid value for 'content': expected a string, got ${message.content === null ? 'null' : typeof message.content}.`,
      undefined,
      `messages.[${index}].content`,
    );
  }
  const text = textOf(message.content);
  if (role === 'tool') return { role, text, toolCallId: stringOf(message.tool_call_id) };
  if (!hasCalls) return { role, text };
  return {
    role,
    text,
    toolCalls: objectsOf(message.tool_calls).map((call) => {
      const called = objectOf(call.function);
      return { id: stringOf(call.id), name: stringOf(called.name), arguments: parseArguments(called.arguments) };
    }),
  };
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return objectsOf(content)
    .map((part) => stringOf(part.text))
    .filter((text) => text !== '')
    .join('\n');
}

function parseArguments(value: unknown): unknown {
  if (typeof value !== 'string')
    throw new RejectedRequest(400, 'Invalid type for tool call arguments: expected a string.');
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function readTool(tool: JsonObject): SimulatedTool {
  const { name, description, parameters, strict } = objectOf(tool.function);
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(stringOf(name))) {
    throw new RejectedRequest(
      400,
      `Invalid 'tools[].function.name': '${stringOf(name)}' does not match '^[a-zA-Z0-9_-]{1,64}$'.`,
      'invalid_value',
      'tools[].function.name',
    );
  }
  const schema = isJsonObject(parameters) ? parameters : { type: 'object', properties: {} };
  const problem = strict === true ? findStrictSchemaProblem(schema) : undefined;
  if (problem !== undefined) {
    throw new RejectedRequest(
      400,
      `Invalid schema for function '${stringOf(name)}': ${problem}`,
      'invalid_function_parameters',
      'tools[].function.parameters',
    );
  }
  return { name: stringOf(name), description: stringOf(description), parameters: schema };
}

function readToolChoice(value: unknown): SimulatedToolChoice {
  if (value === 'none' || value === 'required') return value;
  const name = stringOf(objectOf(objectOf(value).function).name);
  return name === '' ? 'auto' : { name };
}

function readResponseFormat(format: JsonObject): SimulatedRequest['responseFormat'] {
  if (format.type === 'json_object') return {};
  if (format.type !== 'json_schema') return undefined;
  const { name, schema, strict } = objectOf(format.json_schema);
  if (!isJsonObject(schema)) return {};
  const problem = strict === true ? findStrictSchemaProblem(schema) : undefined;
  if (problem !== undefined) {
    throw new RejectedRequest(
      400,
      `Invalid schema for response_format '${stringOf(name)}': ${problem}`,
      undefined,
      'response_format',
    );
  }
  return { schema };
}
