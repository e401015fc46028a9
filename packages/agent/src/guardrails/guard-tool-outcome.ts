import type {
  Guardrail,
  GuardrailTripped,
  JsonObject,
  RunEventBody,
  ToolCallState,
  ToolResultPart,
} from '@troupe/contracts';
import { isJudge } from './agent-guardrail.js';
import { guardResult } from './guard-result.js';

/** A call as its guardrails see it. */
export interface GuardedCall {
  id: string;
  name: string;
  arguments: JsonObject;
  guardrails: readonly Guardrail[];
}

/** Rules take no time, and a result that is there is stored whatever happens. */
const NEVER = new AbortController().signal;

/**
 * A result as others may read it: rules look at it here, before it is stored. Where a judge is to look as well it is held,
 * and the next turn asks the judge: no process that stores results calls models for them.
 */
export async function guardToolOutcome<Outcome extends { state: ToolCallState; result: string }>(
  { id, name, arguments: args, guardrails }: GuardedCall,
  outcome: Outcome,
): Promise<Outcome & { tripped?: GuardrailTripped[]; held?: string }> {
  if (guardrails.length === 0) return outcome;
  const tripped: GuardrailTripped[] = [];
  const onEvent = (event: RunEventBody) => {
    if (event.type === 'guardrail.tripped') tripped.push(event.data);
  };
  const part: ToolResultPart = {
    type: 'tool_result',
    tool_call_id: id,
    name,
    status: outcome.state === 'completed' ? 'completed' : 'failed',
    content: outcome.result,
  };
  const rules = guardrails.filter((guardrail) => !isJudge(guardrail));
  const nobody = { context: { userId: null, deps: undefined } };
  const read = await guardResult(part, { id, name, arguments: args }, rules, nobody, { signal: NEVER, onEvent });
  const blocked = read.status === 'failed' && outcome.state === 'completed';
  const judge = guardrails.find(isJudge);
  if (!judge || blocked) {
    return { ...outcome, ...(blocked && { state: 'failed' as const }), result: read.content, tripped };
  }
  return { ...outcome, result: `[Held until the guardrail "${judge.name}" has read it.]`, held: read.content, tripped };
}
