import type { JsonObject, ToolCallPart, ToolResultPart } from '@troupe/contracts';
import type { Tool, ToolContext } from '@troupe/spec';
import { failedResult } from '../tools/failed-result.js';

/** A call that waits for a person. */
export interface ApprovalRequest {
  tool_call_id: string;
  name: string;
  /** They fit the tool's schema. */
  arguments: JsonObject;
  userId: string | null;
  /** Aborts when the run ends meanwhile. */
  signal: AbortSignal;
}

/** `message` is told to the model: why not, or what to do instead. */
export type ApprovalDecision = boolean | { approved: boolean; message?: string };

/** Decides on one call. What it throws refuses the call. */
export type Approve = (request: ApprovalRequest) => ApprovalDecision | Promise<ApprovalDecision>;

/**
 * Asks whether the call may be made; answers with what the model is told when it may not. Never throws: whatever goes wrong
 * on the way to a decision refuses the call.
 */
export async function askApproval(
  tool: Tool,
  part: ToolCallPart,
  context: ToolContext,
  approve: Approve | undefined,
): Promise<ToolResultPart | undefined> {
  const done = new AbortController();
  try {
    if (!(await needsApproval(tool, part, context))) return undefined;
    if (!approve) return failedResult(part, `Not run: ${tool.name} needs approval, and nobody is here to give it.`);
    const { userId, signal } = context;
    const request = { tool_call_id: part.id, name: part.name, arguments: part.arguments, userId, signal };
    const decision = await Promise.race([approve(request), rejectOnAbort(signal, done.signal)]);
    const { approved, message }: Exclude<ApprovalDecision, boolean> =
      typeof decision === 'boolean' ? { approved: decision } : decision;
    if (approved) return undefined;
    return failedResult(part, `Not run: it was not approved.${message ? ` ${message}` : ''}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return failedResult(part, `Not run: whether it is approved could not be found out (${reason}).`);
  } finally {
    done.abort();
  }
}

/** A person may never answer; a run that was aborted does not wait for one. */
function rejectOnAbort(signal: AbortSignal, done: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: done });
  });
}

async function needsApproval(tool: Tool, part: ToolCallPart, context: ToolContext): Promise<boolean> {
  return (await tool.needsApproval?.(part.arguments, context)) ?? false;
}
