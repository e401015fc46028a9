import type { RunEventBody } from '@troupe/contracts';
import { failedResult } from '../tools/failed-result.js';
import { rejectToolCall } from '../tools/reject-tool-call.js';
import type { AcceptedCall, NextMove, RejectedCall } from '../turn/decide-next.js';
import { type AgentGuardrail, guardrailsFor } from './agent-guardrail.js';
import { checkText, type GuardrailPorts } from './check-text.js';
import { refusedCall } from './guardrail-messages.js';

type ToolMove = Extract<NextMove, { kind: 'call_tools' }>;

/**
 * The round of tools as the guardrails of `tool_input` leave it: arguments that they changed, here and in the message that
 * is stored, and calls that are not made. Arguments that were changed must fit the tool's schema as any others.
 * @throws the signal's reason
 */
export async function guardCalls(
  move: ToolMove,
  guardrails: readonly AgentGuardrail[],
  ports: GuardrailPorts,
  { signal, onEvent }: { signal: AbortSignal; onEvent(event: RunEventBody): void },
): Promise<ToolMove> {
  const verdicts = await Promise.all(
    move.calls.map(async (call) => ({ call, checked: await checkCall(call, guardrails, ports, signal) })),
  );
  const calls: AcceptedCall[] = [];
  const rejected: RejectedCall[] = [...move.rejected];
  for (const { call, checked } of verdicts) {
    for (const data of checked?.tripped ?? []) onEvent({ type: 'guardrail.tripped', data });
    if (checked?.blocked) {
      rejected.push({ part: call.part, result: failedResult(call.part, refusedCall(checked.blocked)) });
      continue;
    }
    if (!checked?.changed || !checked.arguments) {
      calls.push(call);
      continue;
    }
    const part = { ...call.part, arguments: checked.arguments };
    const objection = rejectToolCall(part, call.tool, []);
    if (objection === undefined) calls.push({ ...call, part });
    else rejected.push({ part, result: failedResult(part, objection) });
  }
  const changed = new Map([...calls, ...rejected].map(({ part }) => [part.id, part]));
  const content = move.content.map((part) => (part.type === 'tool_call' ? (changed.get(part.id) ?? part) : part));
  return { ...move, calls, rejected, content };
}

async function checkCall(
  { part, tool }: AcceptedCall,
  guardrails: readonly AgentGuardrail[],
  ports: GuardrailPorts,
  signal: AbortSignal,
) {
  const ones = guardrailsFor(guardrails, { on: 'tool_input', tool });
  if (ones.length === 0) return undefined;
  const { id, name, arguments: args } = part;
  const input = { on: 'tool_input' as const, text: JSON.stringify(args), tool: { id, name, arguments: args } };
  return checkText(ones, input, ports, signal);
}
