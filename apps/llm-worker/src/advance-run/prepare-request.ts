import { configuredOutput, type HandoffTool, historyAfterHandoff, prepareTurn, resolveTools } from '@troupe/agent';
import { handoffToolName } from '@troupe/contracts';
import type { ClaimedRun } from '@troupe/database';
import type { ModelRequest, Tool } from '@troupe/spec';
import { NO_OTHER_AGENTS, type OtherAgents } from '../other-agents/other-agents.js';
import { refusedTail } from './review-answer.js';

/** The request of a claimed run's next model turn, and the tools and handoffs that it may call. */
export function prepareRequest(
  run: ClaimedRun,
  known: ReadonlyMap<string, Tool>,
  others: OtherAgents = NO_OTHER_AGENTS,
): { request: ModelRequest; tools: ReadonlyMap<string, Tool>; handoffs: ReadonlyMap<string, HandoffTool> } {
  const { configuration, thread } = run;
  const { handoffs } = others;
  const tools = new Map([...resolveTools(configuration.tools, known), ...others.tools]);
  const unsummarized = thread.messageCount - thread.summarizedCount;
  const seen = { history: run.history, summary: thread.summary, unsummarized };
  const request = prepareTurn({
    configuration,
    tools: [...tools.values(), ...handoffs.values()],
    ...historyAfterHandoff(seen, viewOf(run)),
    facts: run.facts,
    tail: refusedTail(run),
    outputSchema: configuredOutput(configuration)?.format.request,
    turn: run.turn + 1,
  });
  return { request, tools, handoffs };
}

function viewOf({ agent, handoffHistory }: ClaimedRun) {
  return handoffHistory === null ? undefined : { tool: handoffToolName(agent), history: handoffHistory };
}
