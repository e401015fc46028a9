import type { IncomingHttpHeaders } from 'node:http';
import type {
  SimulatedMessage,
  SimulatedRequest,
  SimulatedTool,
  SimulatedToolCall,
  SimulatedToolChoice,
} from '../simulated-request.js';
import { checkAnthropicThinking } from './check-anthropic-thinking.js';
import { checkCacheBreakpoints } from './check-cache-breakpoints.js';
import { checkToolPairing } from './check-tool-pairing.js';
import type { JsonObject } from './json-object.js';
import { isJsonObject, numberOf, objectOf, objectsOf, stringOf } from './json-object.js';
import { RejectedRequest } from './rejected-request.js';
import { lastUserTextOf, nameToolResults, promptCharactersOf } from './summarize-request.js';

/** From this version of the API on, sampling parameters are refused, even at their default values. */
const versionWithoutSampling = '2026-10-21';

/**
 * Reads an Anthropic Messages request; tool results, which travel inside user messages, become messages of their own.
 * @throws RejectedRequest for what the vendor refuses
 */
export function readAnthropicRequest(body: JsonObject, headers: IncomingHttpHeaders): SimulatedRequest {
  const version = headers['anthropic-version'];
  if (typeof version !== 'string') throw new RejectedRequest(400, 'anthropic-version: header is required');
  for (const field of ['model', 'max_tokens', 'messages']) {
    if (body[field] === undefined) throw new RejectedRequest(400, `${field}: Field required`);
  }
  if (!Array.isArray(body.messages) || body.messages.length === 0) {
    throw new RejectedRequest(400, 'messages: at least one message is required');
  }
  if (version >= versionWithoutSampling) {
    const sampling = ['temperature', 'top_p', 'top_k'].find((name) => body[name] !== undefined);
    if (sampling !== undefined) throw new RejectedRequest(400, `${sampling}: Extra inputs are not permitted`);
  }
  checkAnthropicThinking(body);
  checkCacheBreakpoints(body);
  const system = textOf(body.system, 'system');
  const messages = objectsOf(body.messages).flatMap(readMessage);
  if (system !== '') messages.unshift({ role: 'system', text: system });
  nameToolResults(messages);
  checkToolPairing(messages, {
    unanswered: (ids, index) =>
      `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ` +
      `${ids.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
    unexpected: (id, index) =>
      `messages.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` ` +
      'block must have a corresponding `tool_use` block in the previous message.',
  });
  // Tools that the vendor runs have a type of their own and no schema.
  const tools = objectsOf(body.tools)
    .filter(({ type }) => type === undefined || type === null || type === 'custom')
    .map(readTool);
  const schema = readSchema(body);
  return {
    provider: 'anthropic',
    model: stringOf(body.model),
    messages,
    tools,
    toolChoice: readToolChoice(objectOf(body.tool_choice)),
    lastUserText: lastUserTextOf(messages),
    stream: body.stream === true,
    responseFormat: schema === undefined ? undefined : { schema },
    maxTokens: numberOf(body.max_tokens),
    includeUsage: true,
    promptCharacters: promptCharactersOf(messages, tools, schema),
  };
}

function readMessage(message: JsonObject, index: number): SimulatedMessage[] {
  const path = `messages.${index}`;
  const { role, content } = message;
  if (role === 'system') return [{ role, text: textOf(content, path) }];
  if (role !== 'user' && role !== 'assistant') {
    throw new RejectedRequest(400, `${path}.role: Input should be 'user' or 'assistant'`);
  }
  if (typeof content === 'string') {
    if (content === '') throw new RejectedRequest(400, `${path}: all messages must have non-empty content`);
    return [{ role, text: content }];
  }
  const blocks = objectsOf(content);
  if (blocks.length === 0) throw new RejectedRequest(400, `${path}: all messages must have non-empty content`);
  if (role === 'assistant') {
    const toolCalls = blocks.filter((block) => block.type === 'tool_use').map((block) => readToolUse(block, path));
    return [{ role, text: textOf(blocks, path), ...(toolCalls.length > 0 && { toolCalls }) }];
  }
  const results = blocks
    .filter((block) => block.type === 'tool_result')
    .map(
      (block): SimulatedMessage => ({
        role: 'tool',
        text: textOf(block.content, path),
        toolCallId: stringOf(block.tool_use_id),
        ...(block.is_error === true && { isError: true }),
      }),
    );
  const rest = blocks.filter((block) => block.type !== 'tool_result');
  return rest.length > 0 ? [...results, { role, text: textOf(rest, path) }] : results;
}

function textOf(content: unknown, path: string): string {
  if (typeof content === 'string') return content;
  const texts = objectsOf(content).filter((block) => block.type === 'text');
  if (texts.some((block) => block.text === '')) {
    throw new RejectedRequest(400, `${path}: text content blocks must be non-empty`);
  }
  return texts.map((block) => stringOf(block.text)).join('\n');
}

function readToolUse(block: JsonObject, path: string): SimulatedToolCall {
  if (!isJsonObject(block.input)) {
    throw new RejectedRequest(400, `${path}.content: tool_use.input: Input should be a valid dictionary`);
  }
  return { id: stringOf(block.id), name: stringOf(block.name), arguments: block.input };
}

function readTool(tool: JsonObject, index: number): SimulatedTool {
  const parameters = objectOf(tool.input_schema);
  if (parameters.type !== 'object') {
    throw new RejectedRequest(400, `tools.${index}.custom.input_schema.type: Field required`);
  }
  if (tool.strict === true) requireClosed(parameters, `tools.${index}.custom`);
  return { name: stringOf(tool.name), description: stringOf(tool.description), parameters };
}

function readToolChoice(choice: JsonObject): SimulatedToolChoice {
  if (choice.type === 'none') return 'none';
  if (choice.type === 'any') return 'required';
  return choice.type === 'tool' ? { name: stringOf(choice.name) } : 'auto';
}

/** `output_config.format`, or `output_format`, its name while it was in beta. */
function readSchema(body: JsonObject): JsonObject | undefined {
  const format = objectOf(objectOf(body.output_config).format ?? body.output_format);
  if (format.type !== 'json_schema' || !isJsonObject(format.schema)) return undefined;
  requireClosed(format.schema, 'output_config.format.schema');
  return format.schema;
}

/** Schemas that are enforced say of every object that it holds nothing else. */
function requireClosed(schema: JsonObject, path: string): void {
  if (schema.type === 'object' && schema.additionalProperties !== false) {
    throw new RejectedRequest(
      400,
      `${path}: For 'object' type, 'additionalProperties' must be explicitly set to false`,
    );
  }
  for (const [name, child] of Object.entries(objectOf(schema.properties))) {
    if (isJsonObject(child)) requireClosed(child, `${path}.${name}`);
  }
  if (isJsonObject(schema.items)) requireClosed(schema.items, `${path}.items`);
}
