import type { SimulatedMessage, SimulatedRequest, SimulatedTool, SimulatedToolChoice } from '../simulated-request.js';
import { findStrictSchemaProblem } from './check-strict-schema.js';
import type { JsonObject } from './json-object.js';
import { isJsonObject, numberOf, objectOf, objectsOf, stringOf } from './json-object.js';
import { RejectedRequest } from './rejected-request.js';
import { checkReasoningItems, reasoningOfRequest } from './responses-items.js';
import { lastUserTextOf, nameToolResults, promptCharactersOf } from './summarize-request.js';

/**
 * Reads a request to OpenAI's Responses API. Stateless: what was stored earlier is not here.
 * @throws RejectedRequest for what the vendor refuses
 */
export function readResponsesRequest(body: JsonObject): SimulatedRequest {
  if (typeof body.model !== 'string' || body.model === '') {
    throw new RejectedRequest(400, "Missing required parameter: 'model'.", 'missing_required_parameter', 'model');
  }
  if (body.stop !== undefined || body.max_tokens !== undefined || body.messages !== undefined) {
    const name = ['stop', 'max_tokens', 'messages'].find((field) => body[field] !== undefined);
    throw new RejectedRequest(400, `Unknown parameter: '${name}'.`, 'unknown_parameter', name);
  }
  if (typeof body.previous_response_id === 'string') {
    const message = `Previous response with id '${body.previous_response_id}' not found.`;
    throw new RejectedRequest(400, message, 'previous_response_not_found', 'previous_response_id');
  }
  const items = readItems(body.input);
  checkReasoningItems(items);
  checkCallPairing(items);
  const messages = readMessages(stringOf(body.instructions), items);
  const tools = objectsOf(body.tools)
    .filter((tool) => tool.type === 'function')
    .map(readTool);
  const responseFormat = readTextFormat(objectOf(objectOf(body.text).format));
  return {
    provider: 'openai',
    model: body.model,
    messages,
    tools,
    toolChoice: readToolChoice(body.tool_choice),
    lastUserText: lastUserTextOf(messages),
    stream: body.stream === true,
    responseFormat,
    maxTokens: numberOf(body.max_output_tokens),
    includeUsage: true,
    promptCharacters: promptCharactersOf(messages, tools, responseFormat?.schema),
    responses: reasoningOfRequest(body),
  };
}

function readItems(input: unknown): JsonObject[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  if (!Array.isArray(input) || input.length === 0) {
    throw new RejectedRequest(400, "Missing required parameter: 'input'.", 'missing_required_parameter', 'input');
  }
  return input.map((item, index) => {
    if (isJsonObject(item)) return item;
    throw new RejectedRequest(400, `Invalid type for 'input[${index}]'.`, 'invalid_type', `input[${index}]`);
  });
}

/** Every call has its output, and every output its call, wherever in the input they are. */
function checkCallPairing(items: JsonObject[]): void {
  const idsOf = (type: string) =>
    new Set(items.filter((item) => item.type === type).map((item) => stringOf(item.call_id)));
  const calls = idsOf('function_call');
  const outputs = idsOf('function_call_output');
  for (const id of calls) {
    if (!outputs.has(id))
      throw new RejectedRequest(400, `No tool output found for function call ${id}.`, undefined, 'input');
  }
  for (const id of outputs) {
    if (!calls.has(id)) {
      const message = `No tool call found for function call output with call_id ${id}.`;
      throw new RejectedRequest(400, message, undefined, 'input');
    }
  }
}

const roles: Record<string, SimulatedMessage['role']> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
};

/** Items of one turn of the model become one message, as they were before they were taken apart. */
function readMessages(instructions: string, items: JsonObject[]): SimulatedMessage[] {
  const messages: SimulatedMessage[] = instructions === '' ? [] : [{ role: 'system', text: instructions }];
  let turn: SimulatedMessage | undefined;
  items.forEach((item, index) => {
    if (item.type === 'reasoning') return;
    if (item.type === 'function_call_output') {
      turn = undefined;
      messages.push({ role: 'tool', text: textOf(item.output), toolCallId: stringOf(item.call_id) });
      return;
    }
    if (item.type === 'function_call') {
      turn ??= push(messages, { role: 'assistant', text: '' });
      const { call_id, name } = item;
      const call = { id: stringOf(call_id), name: stringOf(name), arguments: parseArguments(item.arguments) };
      turn.toolCalls = [...(turn.toolCalls ?? []), call];
      return;
    }
    const role = roles[stringOf(item.role)];
    if (role === undefined || (item.type !== undefined && item.type !== 'message')) {
      const message = `Invalid value: '${stringOf(item.type ?? item.role)}'.`;
      throw new RejectedRequest(400, message, 'invalid_value', `input[${index}]`);
    }
    const message = push(messages, { role, text: textOf(item.content) });
    turn = role === 'assistant' ? message : undefined;
  });
  nameToolResults(messages);
  return messages;
}

function push(messages: SimulatedMessage[], message: SimulatedMessage): SimulatedMessage {
  messages.push(message);
  return message;
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return objectsOf(content)
    .map((part) => stringOf(part.text) || stringOf(part.refusal))
    .filter((text) => text !== '')
    .join('\n');
}

function parseArguments(value: unknown): unknown {
  if (typeof value !== 'string') {
    throw new RejectedRequest(400, 'Invalid type for function call arguments: expected a string.', 'invalid_type');
  }
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** `strict` is the default here, unlike in Chat Completions. */
function readTool({ name, description, parameters, strict }: JsonObject): SimulatedTool {
  const schema = isJsonObject(parameters) ? parameters : { type: 'object', properties: {} };
  const problem = strict === false ? undefined : findStrictSchemaProblem(schema);
  if (problem !== undefined) {
    const message = `Invalid schema for function '${stringOf(name)}': ${problem}`;
    throw new RejectedRequest(400, message, 'invalid_function_parameters', 'tools');
  }
  return { name: stringOf(name), description: stringOf(description), parameters: schema };
}

function readToolChoice(value: unknown): SimulatedToolChoice {
  if (value === 'none' || value === 'required') return value;
  const name = stringOf(objectOf(value).name);
  return name === '' ? 'auto' : { name };
}

function readTextFormat(format: JsonObject): SimulatedRequest['responseFormat'] {
  if (format.type === 'json_object') return {};
  if (format.type !== 'json_schema') return undefined;
  if (!isJsonObject(format.schema) || stringOf(format.name) === '') {
    throw new RejectedRequest(400, "Missing required parameter: 'text.format.name'.", 'missing_required_parameter');
  }
  const problem = format.strict === false ? undefined : findStrictSchemaProblem(format.schema);
  if (problem !== undefined) {
    const message = `Invalid schema for response_format '${stringOf(format.name)}': ${problem}`;
    throw new RejectedRequest(400, message, 'invalid_json_schema', 'text.format.schema');
  }
  return { schema: format.schema };
}
