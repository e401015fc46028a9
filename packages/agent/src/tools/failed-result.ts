import type { ToolCallPart, ToolResultPart } from '@troupe/contracts';

/** A result that tells the model what went wrong with its call. */
export function failedResult(call: Pick<ToolCallPart, 'id' | 'name'>, message: string): ToolResultPart {
  return {
    type: 'tool_result',
    tool_call_id: call.id,
    name: call.name,
    status: 'failed',
    content: `Error: ${message}`,
  };
}
