import type { SimulatedMessage, SimulatedRequest, SimulatedTool } from '../simulated-request.js';
import type { JsonObject } from './json-object.js';
import { isJsonObject, numberOf, objectOf, objectsOf, stringOf } from './json-object.js';
import { RejectedRequest } from './rejected-request.js';
import { lastUserTextOf, nameToolResults, promptCharactersOf } from './summarize-request.js';

/**
 * Reads an Ollama `/api/chat` request. Ollama streams unless told not to, has no tool choice and pairs nothing.
 * @throws RejectedRequest for what the server refuses
 */
export function readOllamaRequest(body: JsonObject): SimulatedRequest {
  if (typeof body.model !== 'string' || body.model === '') throw new RejectedRequest(400, 'model is required');
  checkThink(body.think, body.model);
  const messages = objectsOf(body.messages).map(readMessage);
  nameToolResults(messages);
  const tools = objectsOf(body.tools).map(readTool);
  const responseFormat = readFormat(body.format);
  return {
    provider: 'ollama',
    model: body.model,
    messages,
    tools,
    toolChoice: 'auto',
    lastUserText: lastUserTextOf(messages),
    stream: body.stream !== false,
    responseFormat,
    maxTokens: readLimit(numberOf(objectOf(body.options).num_predict)),
    includeUsage: true,
    promptCharacters: promptCharactersOf(messages, tools, responseFormat?.schema),
  };
}

/** Levels are for the models that have them; all others think or do not. */
function checkThink(think: unknown, model: string): void {
  if (think === undefined || typeof think === 'boolean') return;
  if (typeof think !== 'string' || !['high', 'medium', 'low'].includes(think)) {
    throw new RejectedRequest(
      400,
      `invalid think value: ${JSON.stringify(think)} (must be "high", "medium", "low", true, or false)`,
    );
  }
  if (!model.includes('gpt-oss')) {
    throw new RejectedRequest(400, `think value ${JSON.stringify(think)} is not supported for this model`);
  }
}

/** The server decodes images itself and fetches none. */
function checkImages(images: unknown): void {
  if (!Array.isArray(images)) return;
  for (const image of images) {
    if (typeof image === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(image)) continue;
    throw new RejectedRequest(400, 'illegal base64 data at input byte 4');
  }
}

function readMessage(message: JsonObject): SimulatedMessage {
  checkImages(message.images);
  const text = stringOf(message.content);
  switch (message.role) {
    case 'system':
    case 'user':
      return { role: message.role, text };
    case 'tool':
      return {
        role: 'tool',
        text,
        toolName: stringOf(message.tool_name) || undefined,
        toolCallId: stringOf(message.tool_call_id) || undefined,
      };
    case 'assistant':
      return {
        role: 'assistant',
        text,
        toolCalls: objectsOf(message.tool_calls).map((call) => {
          const called = objectOf(call.function);
          // The server decodes arguments into a map; a string, right for OpenAI, is refused here.
          if (!isJsonObject(called.arguments)) {
            throw new RejectedRequest(
              400,
              'json: cannot unmarshal string into Go struct field ChatRequest.messages.tool_calls.function.arguments ' +
                'of type api.ToolCallFunctionArguments',
            );
          }
          return { id: stringOf(call.id) || undefined, name: stringOf(called.name), arguments: called.arguments };
        }),
      };
    default:
      throw new RejectedRequest(400, `invalid role: ${stringOf(message.role)}`);
  }
}

function readTool(tool: JsonObject): SimulatedTool {
  const { name, description, parameters } = objectOf(tool.function);
  return { name: stringOf(name), description: stringOf(description), parameters: objectOf(parameters) };
}

function readFormat(format: unknown): SimulatedRequest['responseFormat'] {
  if (format === 'json') return {};
  return isJsonObject(format) ? { schema: format } : undefined;
}

/** `num_predict` is -1 for no limit. */
function readLimit(limit: number | undefined): number | undefined {
  return limit !== undefined && limit >= 0 ? limit : undefined;
}
