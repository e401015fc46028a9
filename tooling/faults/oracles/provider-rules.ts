import type { SimulatedReply, SimulatedRequest, SimulatorRule } from '../../../packages/testing/src/index.js';
import { answerOf, callName, readMessage, remarkOf } from '../load/case-message.js';

/** A reply that the next request of the load gets in place of the right one, or on top of it. */
export interface ProviderFault {
  number: number;
  reply: SimulatedReply;
}

export interface ProviderRulesOptions {
  takeFault(): ProviderFault | undefined;
  onFault(request: SimulatedRequest, fault: ProviderFault): void;
}

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
    { when: (request) => request.responseFormat === undefined, reply: { text: 'A case of many' } },
  ];
}

/** Undefined for follow-ups, which quote the messages of a thread inside a text of their own. */
export function caseOf(request: SimulatedRequest): string | undefined {
  return readMessage(request.lastUserText)?.id;
}

/** Model turns that the request shows as done since the user spoke. */
export function turnOf(request: SimulatedRequest): number {
  const spoken = request.messages.findLastIndex((message) => message.role === 'user');
  return request.messages.slice(spoken).filter((message) => message.role === 'assistant').length;
}

function rightReply(request: SimulatedRequest): SimulatedReply {
  const plan = readMessage(request.lastUserText);
  if (!plan) throw new Error('Not a message of the load.');
  const turn = turnOf(request);
  const tokenDelayMs = plan.paceMs;
  const round = plan.rounds[turn];
  if (!round) return { text: answerOf(plan), tokenDelayMs };
  const toolCalls = round.map((name, index) => ({ name, arguments: { call: callName(plan.id, turn, index) } }));
  return { text: remarkOf(plan.id, turn), toolCalls, tokenDelayMs };
}
