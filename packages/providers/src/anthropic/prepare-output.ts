import type { ModelRequest, OutputSchema } from '@troupe/spec';
import { withAnswerTool } from '../shared/answer-tool.js';
import { isJsonObject } from '../shared/parse-tool-arguments.js';
import { withPromptedOutput } from '../shared/prompted-output.js';
import { refuseRequest } from '../shared/refuse-request.js';
import type { ClaudeTraits } from './claude-traits.js';
import { translateSchema } from './translate-schema.js';

/** A request as it is sent, with what its output schema became. */
export interface PreparedRequest {
  request: ModelRequest;
  /** For `output_config.format`. */
  schema?: Record<string, unknown>;
}

/**
 * Holds the answer to its schema in the best way that there is: by the API itself; else as the arguments of a tool that
 * must be called; for models that cannot be made to call one, and for schemas of anything but objects, by asking.
 *
 * @throws TroupeError for an output constraint, which the API does not have
 */
export function prepareOutput(request: ModelRequest, traits: ClaudeTraits): PreparedRequest {
  const { outputSchema, outputConstraint } = request;
  if (outputConstraint !== undefined) {
    const { type } = outputConstraint;
    throw refuseRequest(`Anthropic cannot hold an answer to a ${type}. Use an output schema, or a server that can.`);
  }
  if (outputSchema === undefined) return { request };
  const schema = traits.followsSchemas ? translateSchema(outputSchema.schema) : undefined;
  if (schema !== undefined) return { request, schema };
  const byTool = traits.forcesTools && describesObject(outputSchema);
  return { request: byTool ? withAnswerTool(request) : withPromptedOutput(request) };
}

/** Arguments of a tool are an object always. */
function describesObject({ schema }: OutputSchema): boolean {
  return schema.type === 'object' || (schema.type === undefined && isJsonObject(schema.properties));
}
