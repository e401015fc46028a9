import type { RunEventBody, ToolCallPart, ToolResultPart } from '@troupe/contracts';
import { type AgentGuardrail, guardrailsFor } from './agent-guardrail.js';
import { checkText, type GuardrailPorts } from './check-text.js';
import { withheldResult } from './guardrail-messages.js';

/**
 * A result as the guardrails of `tool_output` let the model, and everybody else, read it. Errors too: what a tool says of
 * its failure may be a stranger's words.
 * @throws the signal's reason
 */
export async function guardResult(
  result: ToolResultPart,
  call: Pick<ToolCallPart, 'id' | 'name' | 'arguments'>,
  guardrails: readonly AgentGuardrail[],
  ports: GuardrailPorts,
  { signal, onEvent }: { signal: AbortSignal; onEvent(event: RunEventBody): void },
): Promise<ToolResultPart> {
  const ones = guardrailsFor(guardrails, { on: 'tool_output', tool: call });
  if (ones.length === 0) return result;
  const { id, name, arguments: args } = call;
  const input = { on: 'tool_output' as const, text: result.content, tool: { id, name, arguments: args } };
  const { text, tripped, blocked } = await checkText(ones, input, ports, signal);
  for (const data of tripped) onEvent({ type: 'guardrail.tripped', data });
  if (!blocked) return { ...result, content: text };
  return { ...result, status: 'failed', content: withheldResult(blocked) };
}
