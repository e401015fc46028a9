import { type ToolCallPart, type ToolResultPart, TroupeError } from '@troupe/contracts';
import type { Tool, ToolContext } from '@troupe/spec';
import { failedResult } from './failed-result.js';
import { formatToolOutput, MAX_TOOL_OUTPUT_CHARACTERS } from './format-tool-output.js';

export interface ExecuteToolOptions {
  /** Characters of the result that the model reads. */
  maxOutputCharacters?: number;
}

/**
 * Runs one call and answers with its result; a tool that throws, or that is still busy when `context.signal` aborts,
 * gives a failed result. Never throws: a tool's trouble is the model's to deal with. The caller sets the timeout, by
 * aborting the signal after `tool.timeoutMs` with an error that says so (`toolTimeoutError`).
 */
export async function executeTool(
  tool: Tool,
  call: Pick<ToolCallPart, 'id' | 'name' | 'arguments'>,
  context: ToolContext,
  { maxOutputCharacters = MAX_TOOL_OUTPUT_CHARACTERS }: ExecuteToolOptions = {},
): Promise<ToolResultPart> {
  const aborted = rejectOnAbort(context.signal);
  try {
    context.signal.throwIfAborted();
    const value = await Promise.race([tool.execute(call.arguments, context), aborted.promise]);
    const content = formatToolOutput(value, maxOutputCharacters);
    return { type: 'tool_result', tool_call_id: call.id, name: call.name, status: 'completed', content };
  } catch (error) {
    return failedResult(call, formatToolOutput(messageOf(error), maxOutputCharacters));
  } finally {
    aborted.stop();
  }
}

/** The reason to abort a tool's signal with when its time is over. */
export function toolTimeoutError(tool: Pick<Tool, 'name' | 'timeoutMs'>): TroupeError {
  return new TroupeError({
    code: 'deadline_exceeded',
    fault: 'server',
    retryable: true,
    message: `${tool.name} took longer than ${tool.timeoutMs} ms and was given up. Whether it had an effect is not known.`,
  });
}

/** A tool may ignore its signal; then it is left behind, so that its run goes on. */
function rejectOnAbort(signal: AbortSignal): { promise: Promise<never>; stop(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  return { promise, stop: () => signal.removeEventListener('abort', onAbort) };
}

function messageOf(error: unknown): string {
  if (error instanceof Error && error.message !== '') return error.message;
  return `the tool failed (${String(error) || 'no reason given'})`;
}
