import { guardrailsFor } from '@troupe/agent';
import type { ClaimedRun, NewToolCall } from '@troupe/database';

/** What a call takes along for its result: who runs it knows no agents. */
export function guardrailsOfResult({ configuration }: ClaimedRun, tool: string): Pick<NewToolCall, 'guardrails'> {
  const guardrails = guardrailsFor(configuration.guardrails ?? [], { on: 'tool_output', tool: { name: tool } });
  return guardrails.length === 0 ? {} : { guardrails };
}
