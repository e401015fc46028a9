import type { ToolResultPart } from '@troupe/contracts';
import type { RunContext } from '@troupe/spec';
import { executeTool, toolTimeoutError } from '../tools/execute-tool.js';
import type { AcceptedCall } from '../turn/decide-next.js';
import type { AgentEnvironment } from './agent-environment.js';
import type { RunFrame } from './run-frame.js';

/** What a tool is told of the call that it is to answer. */
export function contextOfCall<Deps>(
  { part, below }: AcceptedCall,
  run: RunFrame<Deps>,
  { environment, deps }: { environment: AgentEnvironment; deps: Deps | undefined },
): RunContext<Deps | undefined> {
  const { runId, thread, userId, signal, depth, onEvent, onProgress, spend, people, prices } = run;
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
    nesting: { toolCallId: part.id, depth, onEvent, spend, people, prices, ...below },
  };
}

/** Executes a call within the time of its tool. Never throws. */
export async function callTool<Deps>(
  { part, tool }: AcceptedCall,
  context: RunContext<Deps>,
  environment: AgentEnvironment,
): Promise<ToolResultPart> {
  const timeout = environment.startTimeout(tool.timeoutMs, () => toolTimeoutError(tool));
  const signal = AbortSignal.any([context.signal, timeout.signal]);
  let trust: { untrusted?: boolean } = {};
  // Only of an agent is it known what was read for an answer; any other tool may have read something itself.
  const answered = (answer: { untrusted: boolean }) => {
    trust = answer;
  };
  const nesting = tool.runsAgent ? context.nesting && { ...context.nesting, answered } : context.nesting;
  try {
    const given: RunContext<Deps> = { ...context, signal, ...(nesting && { nesting }) };
    const result = await executeTool(tool, part, given);
    return { ...result, ...trust };
  } finally {
    timeout.clear();
  }
}
