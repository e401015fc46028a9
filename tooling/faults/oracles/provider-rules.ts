import type { SimulatedReply, SimulatedRequest, SimulatorRule } from '../../../packages/testing/src/index.js';
import { agentOfPrompt } from '../load/agents.js';
import { answerOf, caseIn, FORBIDDEN, messageOf, misfitOf, readMessage, remarkOf } from '../load/case-message.js';
import {
  type AgentName,
  agentAsked,
  agentTakingOver,
  type CasePlan,
  callName,
  childPlanOf,
} from '../load/case-plan.js';

/** A reply that the next request of the load gets in place of the right one, or on top of it. */
export interface ProviderFault {
  number: number;
  reply: SimulatedReply;
}

export interface ProviderRulesOptions {
  takeFault(): ProviderFault | undefined;
  onFault(request: SimulatedRequest, fault: ProviderFault): void;
}

/** What a judge is asked to look at. */
export type JudgedPlace = 'input' | 'output' | 'tool_output';

/** What the provider says: a function of the request alone, unless a fault was ordered. */
export function providerRules({ takeFault, onFault }: ProviderRulesOptions): SimulatorRule[] {
  return [
    {
      when: (request) => caseOf(request) !== undefined,
      reply: (request) => {
        const fault = takeFault();
        if (!fault) return rightReply(request);
        onFault(request, fault);
        return { ...rightReply(request), ...fault.reply };
      },
    },
    // Of a result that names no call: an error.
    { when: (request) => placeJudged(request) !== undefined, reply: (request) => rightReply(request) },
    { when: (request) => request.responseFormat === undefined, reply: { text: 'A case of many' } },
  ];
}

/** Undefined for follow-ups, which quote the messages of a thread inside a text of their own. */
export function caseOf(request: SimulatedRequest): string | undefined {
  return placeJudged(request) ? caseIn(request.lastUserText) : planOf(request)?.plan.id;
}

/** Who asks; undefined: none of the load's agents. */
export function speakerOf({ messages }: SimulatedRequest): AgentName | undefined {
  const [first] = messages;
  return first?.role === 'system' ? agentOfPrompt(first.text) : undefined;
}

const PLACES: readonly [opening: string, place: JudgedPlace][] = [
  ['You check what a user wrote', 'input'],
  ['You check what an assistant is about to answer', 'output'],
  ['You check what a tool answered', 'tool_output'],
];

/** Undefined where no judge asks. */
export function placeJudged({ messages }: SimulatedRequest): JudgedPlace | undefined {
  const system = messages[0]?.text ?? '';
  return PLACES.find(([opening]) => system.startsWith(opening))?.[1];
}

/** Model turns that the request shows as done since the user spoke. */
export function turnOf(request: SimulatedRequest): number {
  const { since, misfits } = progressOf(request);
  return since.filter(({ role }) => role === 'assistant').length - misfits;
}

/** Answers that did not fit what was asked for, and that the request shows as refused. */
export function misfitsOf(request: SimulatedRequest): number {
  return progressOf(request).misfits;
}

function progressOf(request: SimulatedRequest) {
  const since = request.messages.slice(planOf(request)?.at ?? request.messages.length);
  const misfits = since.filter(({ role, text }) => role === 'user' && text.startsWith('Your answer is not valid'));
  return { since, misfits: misfits.length };
}

/** The newest message of the load, and its place: corrections come after it, in the user's name. */
function planOf({ messages }: SimulatedRequest): { plan: CasePlan; at: number } | undefined {
  for (let at = messages.length - 1; at >= 0; at -= 1) {
    const message = messages[at];
    const plan = message?.role === 'user' ? readMessage(message.text) : undefined;
    if (plan) return { plan, at };
  }
  return undefined;
}

function rightReply(request: SimulatedRequest): SimulatedReply {
  if (placeJudged(request)) return { text: verdictOn(request.lastUserText) };
  const plan = planOf(request)?.plan;
  if (!plan) throw new Error('Not a message of the load.');
  const turn = turnOf(request);
  const tokenDelayMs = plan.paceMs;
  const round = plan.rounds[turn];
  if (!round) {
    const misfits = misfitsOf(request);
    return { text: misfits < (plan.misfits ?? 0) ? misfitOf(plan, misfits) : answerOf(plan), tokenDelayMs };
  }
  const toolCalls = round.map((name, index) => ({ name, arguments: argumentsOf(plan, turn, index) }));
  return { text: remarkOf(plan.id, turn), toolCalls, tokenDelayMs };
}

function argumentsOf(plan: CasePlan, round: number, index: number): Record<string, unknown> {
  const name = plan.rounds[round]?.[index] ?? 'lookup';
  const call = callName(plan.id, round, index);
  if (agentTakingOver(name)) return {};
  if (name === 'ask_user') return { question: call };
  const child = agentAsked(name) && childPlanOf(plan, round, index);
  return child ? { input: messageOf(child) } : { call };
}

function verdictOn(material: string): string {
  const violates = FORBIDDEN.test(material);
  return JSON.stringify({ reason: violates ? 'one of the words' : '', violates });
}
