import type { JsonObject, RunEventBody, ToolCallPart, ToolResultPart } from '@troupe/contracts';
import type { ModelTool } from '@troupe/spec';
import { type HandoffMove, refuseHandoff } from '../handoff/decide-handoff.js';
import { failedResult } from '../tools/failed-result.js';
import { rejectToolCall } from '../tools/reject-tool-call.js';
import type { AcceptedCall, NextMove, RejectedCall } from '../turn/decide-next.js';
import { type AgentGuardrail, guardrailsFor, isJudge } from './agent-guardrail.js';
import { checkText, type GuardrailPorts } from './check-text.js';
import { refusedCall } from './guardrail-messages.js';

type ToolMove = Extract<NextMove, { kind: 'call_tools' }>;

/** A call as it may be seen, with what keeps it from being made. */
interface GuardedPart {
  part: ToolCallPart;
  objection?: string;
}

/**
 * What follows a turn, as the guardrails leave the arguments of its calls: those of a handoff are looked at like any others,
 * and those of calls that are not made anyway are not to be seen either. Arguments that were changed must fit the tool's
 * schema; of those that are refused nothing is told or kept.
 * @throws the signal's reason
 */
export async function guardMove(
  move: NextMove,
  guardrails: readonly AgentGuardrail[],
  ports: GuardrailPorts,
  { signal, onEvent }: { signal: AbortSignal; onEvent(event: RunEventBody): void },
): Promise<NextMove> {
  if (move.kind === 'finish') return move;
  const check = new MoveCheck(guardrails, ports, signal, onEvent);
  return move.kind === 'call_tools' ? guardCalls(move, check) : guardHandoff(move, check);
}

async function guardCalls(move: ToolMove, check: MoveCheck): Promise<ToolMove> {
  const verdicts = await Promise.all(move.calls.map(async (call) => ({ call, verdict: await check.call(call) })));
  const rejected = await Promise.all(move.rejected.map((call) => check.rejected(call)));
  const calls: AcceptedCall[] = [];
  for (const { call, verdict } of verdicts) {
    const { part, objection } = verdict;
    if (objection === undefined) calls.push({ ...call, part });
    else rejected.push({ part, result: failedResult(part, objection) });
  }
  check.tell();
  return { ...move, calls, rejected, content: withParts(move, [...calls, ...rejected]) };
}

async function guardHandoff(move: HandoffMove, check: MoveCheck): Promise<NextMove> {
  const verdict = await check.call({ part: move.call, tool: move.handoff });
  const parts = move.content.filter((part) => part.type === 'tool_call');
  const calls = await Promise.all(
    move.results.map(async (result): Promise<RejectedCall> => {
      const part = parts.find(({ id }) => id === result.tool_call_id) ?? move.call;
      return part.id === move.call.id ? { part: verdict.part, result } : check.rejected({ part, result });
    }),
  );
  check.tell();
  const content = withParts(move, calls);
  const results = calls.map(({ result }) => result);
  const guarded: HandoffMove = { ...move, call: verdict.part, results, content };
  if (verdict.objection === undefined) return guarded;
  const refused = new Map(refuseHandoff(guarded, verdict.objection).map((result) => [result.tool_call_id, result]));
  const rejected = calls.map(({ part, result }) => ({ part, result: refused.get(part.id) ?? result }));
  return { kind: 'call_tools', calls: [], rejected, content };
}

function withParts({ content }: Pick<ToolMove, 'content'>, calls: readonly { part: ToolCallPart }[]) {
  const guarded = new Map(calls.map(({ part }) => [part.id, part]));
  return content.map((part) => (part.type === 'tool_call' ? (guarded.get(part.id) ?? part) : part));
}

/** The checks of one turn's calls, which tell of what they found in the order of the calls. */
class MoveCheck {
  readonly #guardrails: readonly AgentGuardrail[];
  readonly #ports: GuardrailPorts;
  readonly #signal: AbortSignal;
  readonly #onEvent: (event: RunEventBody) => void;
  readonly #tripped: RunEventBody[] = [];

  constructor(
    guardrails: readonly AgentGuardrail[],
    ports: GuardrailPorts,
    signal: AbortSignal,
    onEvent: (event: RunEventBody) => void,
  ) {
    this.#guardrails = guardrails;
    this.#ports = ports;
    this.#signal = signal;
    this.#onEvent = onEvent;
  }

  tell(): void {
    this.#tripped.forEach(this.#onEvent);
  }

  /** A call that would be made. What it asks a person is said by the agent, so guardrails of that look too. */
  async call({ part, tool }: { part: ToolCallPart; tool: ModelTool & { asksUser?: true } }): Promise<GuardedPart> {
    const said = tool.asksUser ? guardrailsFor(this.#guardrails, { on: 'output' }) : [];
    const ones = [...new Set([...guardrailsFor(this.#guardrails, { on: 'tool_input', tool }), ...said])];
    const checked = await this.#check(ones, part, part.arguments);
    if (checked.blocked) return { part: withheld(part), objection: refusedCall(checked.blocked) };
    if (!checked.changed) return { part };
    const changed = { ...part, arguments: checked.arguments };
    const objection = rejectToolCall(changed, tool, []);
    return { part: changed, ...(objection !== undefined && { objection }) };
  }

  /** A call that is not made: nobody has to be asked about it, but what rules find in it is not shown. */
  async rejected({ part, result }: RejectedCall): Promise<RejectedCall> {
    const rules = guardrailsFor(this.#guardrails, { on: 'tool_input', tool: part }).filter((one) => !isJudge(one));
    const given: JsonObject = part.invalid_arguments === undefined ? part.arguments : { text: part.invalid_arguments };
    const checked = await this.#check(rules, part, { arguments: given, result: result.content });
    if (checked.blocked) return { part: withheld(part), result: withContent(result, refusedCall(checked.blocked)) };
    if (!checked.changed) return { part, result };
    const { arguments: args, result: content } = checked.arguments;
    const shown =
      part.invalid_arguments === undefined && isObject(args) ? { ...part, arguments: args } : withheld(part);
    return { part: shown, result: typeof content === 'string' ? { ...result, content } : result };
  }

  async #check(guardrails: readonly AgentGuardrail[], { id, name }: ToolCallPart, args: JsonObject) {
    const nothing = { changed: false, arguments: args, blocked: undefined };
    if (guardrails.length === 0) return nothing;
    const input = { on: 'tool_input' as const, text: JSON.stringify(args), tool: { id, name, arguments: args } };
    const checked = await checkText(guardrails, input, this.#ports, this.#signal);
    for (const data of checked.tripped) this.#tripped.push({ type: 'guardrail.tripped', data });
    return { ...nothing, ...checked, arguments: checked.arguments ?? args };
  }
}

function withheld({ invalid_arguments: _, ...part }: ToolCallPart): ToolCallPart {
  return { ...part, arguments: {} };
}

function withContent(result: ToolResultPart, message: string): ToolResultPart {
  return { ...result, content: `Error: ${message}` };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
