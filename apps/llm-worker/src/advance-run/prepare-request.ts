import { prepareTurn, resolveTools } from '@troupe/agent';
import type { ClaimedRun } from '@troupe/database';
import type { ModelRequest, Tool } from '@troupe/spec';

/** The request of a claimed run's next model turn, and the tools that it may call. */
export function prepareRequest(
  run: ClaimedRun,
  known: ReadonlyMap<string, Tool>,
): { request: ModelRequest; tools: ReadonlyMap<string, Tool> } {
  const { configuration, thread } = run;
  const tools = resolveTools(configuration.tools, known);
  const request = prepareTurn({
    configuration,
    tools: tools.values(),
    history: run.history,
    facts: run.facts,
    summary: thread.summary,
    unsummarized: thread.messageCount - thread.summarizedCount,
    turn: run.turn + 1,
  });
  return { request, tools };
}
