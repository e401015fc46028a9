import type { ToolResultPart } from '@troupe/contracts';
import type { RunContext } from '@troupe/spec';
import { executeTool, toolTimeoutError } from '../tools/execute-tool.js';
import type { AcceptedCall } from '../turn/decide-next.js';
import type { AgentEnvironment } from './agent-environment.js';
import type { RunFrame } from './run-frame.js';

/** What a tool is told of the call that it is to answer. */
export function contextOfCall<Deps>(
  { part }: AcceptedCall,
  run: RunFrame<Deps>,
  { environment, deps }: { environment: AgentEnvironment; deps: Deps | undefined },
): RunContext<Deps | undefined> {
  const { runId, thread, userId, signal, depth, onEvent, onProgress, spend, people } = run;
  return {
    tenantId: 'local',
    userId,
    threadId: thread.id,
    runId,
    idempotencyKey: `${runId}/${part.id}`,
    signal,
    services: { todos: environment.todos, threadSearch: thread, now: environment.now },
    deps,
    progress: (update) => onProgress?.({ tool_call_id: part.id, name: part.name, update }),
    nesting: { toolCallId: part.id, depth, onEvent, spend, people },
  };
}

/** Executes a call within the time of its tool. Never throws. */
export async function callTool<Deps>(
  { part, tool }: AcceptedCall,
  context: RunContext<Deps>,
  environment: AgentEnvironment,
): Promise<ToolResultPart> {
  const timeout = environment.startTimeout(tool.timeoutMs, () => toolTimeoutError(tool));
  try {
    return await executeTool(tool, part, { ...context, signal: AbortSignal.any([context.signal, timeout.signal]) });
  } finally {
    timeout.clear();
  }
}
