import type { JsonObject } from '@troupe/contracts';
import type { ModelRequest, StructuredOutputLevel } from '@troupe/spec';
import { withAnswerTool } from '../shared/answer-tool.js';
import { withPromptedOutput } from '../shared/prompted-output.js';
import type { ChatTarget } from './chat-target.js';

/** A request whose schema is said in the best way that its model has. */
export interface ShapedRequest {
  request: ModelRequest;
  /** Fields of the body beside those of the request. */
  fields: JsonObject;
}

export function shapeOutput(request: ModelRequest, target: ChatTarget): ShapedRequest {
  const { outputSchema, ...rest } = request;
  if (outputSchema === undefined) return { request, fields: {} };
  switch (levelFor(request, target)) {
    case 'json_schema':
      return { request, fields: {} };
    case 'strict_tool':
      return { request: withAnswerTool(request), fields: {} };
    case 'constrained':
      if (target.dialect.constraints !== 'vllm') return { request, fields: {} };
      return { request: rest, fields: { structured_outputs: { json: outputSchema.schema } } };
    case 'json_object':
      return { request: prompted(request), fields: { response_format: { type: 'json_object' } } };
    case 'prompted':
      return { request: prompted(request), fields: {} };
  }
}

/** Whether the answer will come as the call of a tool. */
export function answersByTool(request: ModelRequest, target: ChatTarget): boolean {
  return request.outputSchema !== undefined && levelFor(request, target) === 'strict_tool';
}

function levelFor({ tools = [] }: ModelRequest, { dialect, capabilities }: ChatTarget): StructuredOutputLevel {
  const level = capabilities.structuredOutput;
  return tools.length > 0 && level !== 'strict_tool' && !dialect.schemaBesideTools ? 'prompted' : level;
}

function prompted(request: ModelRequest): ModelRequest {
  const { outputSchema: _, ...rest } = withPromptedOutput(request);
  return rest;
}
