import { agentInput } from '@troupe/agent';
import { completeToolCall, dispatchToolCall, startSubrun } from '@troupe/database';
import type { Stage } from '../llm-worker.test-stage.js';

export interface CallRow {
  id: string;
  name: string;
  state: string;
  result: string | null;
  subrun_id: string | null;
}

/** The calls of a run, in their order. */
export function callsOf(stage: Stage, runId: string): Promise<CallRow[]> {
  return stage.sql<CallRow>(
    'SELECT id, name, state, result, subrun_id FROM tool_calls WHERE run_id = $1 ORDER BY step, index',
    [runId],
  );
}

/** As a tool-worker does with the calls of agents that it finds. @returns the runs that it started */
export async function startSubruns(stage: Stage, runId: string): Promise<string[]> {
  const started: string[] = [];
  for (const { id, state } of await callsOf(stage, runId)) {
    if (state !== 'prepared') continue;
    const call = await dispatchToolCall(stage.database, id, 30);
    if (!call?.delegate) continue;
    const content = [{ type: 'text' as const, text: agentInput(call.arguments) }];
    const subrun = { toolCallId: id, dispatches: call.dispatches, delegate: call.delegate, content };
    const made = await startSubrun(stage.database, subrun);
    if (made) started.push(made.runId);
  }
  return started;
}

/** As a tool-worker does with calls of tools: all that a run has open have this result. */
export async function answerCalls(stage: Stage, runId: string, result: string): Promise<void> {
  for (const { id, state } of await callsOf(stage, runId)) {
    if (state !== 'prepared') continue;
    const call = await dispatchToolCall(stage.database, id, 30);
    if (!call) continue;
    const { dispatches } = call;
    await completeToolCall(stage.database, { toolCallId: id, dispatches, state: 'completed', result });
  }
}
