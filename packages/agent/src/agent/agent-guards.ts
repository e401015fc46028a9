import { TroupeError, type UntrustedContent } from '@troupe/contracts';
import type { ChatModel, PriceBook } from '@troupe/spec';
import { askModel } from '../functions/ask-model.js';
import type { AgentGuardrail } from '../guardrails/agent-guardrail.js';
import { guardrailProblems, untrustedProblems } from '../guardrails/guardrail-problems.js';
import type { Guards } from '../guardrails/guards.js';
import type { JudgeModel } from '../guardrails/judge.js';
import { pricedUsage } from '../run/priced-usage.js';

/** What watches over an agent in one process. */
export interface GuardrailOptions<Deps = unknown> {
  /** In the order in which they look. */
  guardrails?: readonly AgentGuardrail<Deps>[];
  /** Who judges: another model than the agent's is harder to talk into both. Absent: the agent's own. */
  judge?: ChatModel | JudgeModel;
  /** What tools may do once text of strangers is in the conversation; absent: the same as before. */
  untrusted?: UntrustedContent;
}

/**
 * @param handoffs names of their tools; undefined: nobody knows them yet, and any name may be one of theirs
 * @throws TroupeError `invalid_request` that names what is wrong, for guardrails that could not do what they say
 */
export function refuseBadGuardrails<Deps>(
  { guardrails = [], untrusted = {} }: GuardrailOptions<Deps>,
  tools: readonly string[],
  handoffs: readonly string[] | undefined,
): void {
  const others = handoffs ?? guardrails.flatMap((guardrail) => guardrail.tools ?? []);
  const problems = [
    ...guardrailProblems(guardrails, [...tools, ...others]).map(
      ({ path, message }) => `guardrails.${path.join('.')}: ${message}`,
    ),
    ...untrustedProblems(untrusted, tools).map(({ path, message }) => `untrusted.${path.join('.')}: ${message}`),
  ];
  if (problems.length === 0) return;
  throw new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message: problems.join(' '),
    details: { problems },
  });
}

/** Undefined: nothing is checked. Made once a run, which tells by it whose guardrails have looked. */
export function guardsOf<Deps>(
  { guardrails, judge, model, prices }: GuardrailOptions<Deps> & { model: ChatModel; prices?: PriceBook },
  context: { userId: string | null; deps: Deps | undefined },
): Guards | undefined {
  if (!guardrails || guardrails.length === 0) return undefined;
  // Functions get the dependencies of their own agent, whatever these are.
  const asked = judge ?? model;
  const ofAll = typeof asked === 'function' ? undefined : asked.id;
  return {
    guardrails: guardrails as readonly AgentGuardrail[],
    judge: judgeOf(asked),
    usageOf: (named, usage) => pricedUsage(ofAll ?? named ?? model.id, usage, prices),
    context,
  };
}

/** One model judges for every guardrail, whatever model they name; a function finds it by that name. */
function judgeOf(judge: ChatModel | JudgeModel): JudgeModel {
  return typeof judge === 'function' ? judge : () => askModel(judge);
}
