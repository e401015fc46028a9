import type { ToolCallPart } from '@troupe/contracts';
import type { ModelTool } from '@troupe/spec';
import { argumentErrors } from './argument-errors.js';
import { unknownName } from './unknown-name.js';

/** How much of arguments that are no JSON is shown to the model, in characters. */
const SHOWN_CHARACTERS = 200;

/** Why a call cannot be run, in words that let the model do better; undefined when it can. */
export function rejectToolCall(
  call: ToolCallPart,
  tool: ModelTool | undefined,
  names: Iterable<string>,
): string | undefined {
  if (!tool) return unknownName('tool', call.name, names);
  if (call.invalid_arguments !== undefined) {
    const shown = call.invalid_arguments.slice(0, SHOWN_CHARACTERS);
    return `The arguments of ${tool.name} must be one JSON object. This was sent: ${shown}`;
  }
  const errors = argumentErrors(tool, call.arguments);
  return errors.length === 0 ? undefined : `Invalid arguments for ${tool.name}: ${errors.join('; ')}.`;
}
