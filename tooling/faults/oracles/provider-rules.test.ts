import { describe, expect, test } from '@jest/globals';
import type { SimulatedMessage, SimulatedReply, SimulatedRequest } from '../../../packages/testing/src/index.js';
import { roleOf } from '../load/agents.js';
import { answerOf, messageOf, misfitOf, readMessage } from '../load/case-message.js';
import type { CasePlan } from '../load/case-plan.js';
import { caseOf, misfitsOf, placeJudged, providerRules, speakerOf, turnOf } from './provider-rules.js';

const PLAN: CasePlan = { id: 'r1-2-3', rounds: [['refund', 'ask_user'], ['ask_clerk']], tokens: 3, paceMs: 0 };
const system: SimulatedMessage = { role: 'system', text: `${roleOf('clerk')}\n\n# Goal\nSay what was asked for.` };
const user = (text: string): SimulatedMessage => ({ role: 'user', text });
const said: SimulatedMessage = { role: 'assistant', text: 'Round 0 of r1-2-3.' };

function request(...messages: SimulatedMessage[]): SimulatedRequest {
  return {
    provider: 'openai',
    model: 'simulated',
    messages,
    tools: [],
    toolChoice: 'auto',
    lastUserText: messages.findLast(({ role }) => role === 'user')?.text ?? '',
    stream: true,
    includeUsage: true,
    promptCharacters: 100,
  };
}

function replyTo(asked: SimulatedRequest): SimulatedReply {
  const rules = providerRules({ takeFault: () => undefined, onFault: () => undefined });
  const reply = rules.find(({ when }) => typeof when !== 'function' || when(asked))?.reply;
  return (typeof reply === 'function' ? reply(asked) : reply) as SimulatedReply;
}

describe('the provider of the load', () => {
  test('makes the calls of the turn, each with its name in it', () => {
    const { toolCalls } = replyTo(request(system, user(messageOf(PLAN))));
    expect(toolCalls?.map((call) => call.arguments)).toEqual([{ call: 'r1-2-3/0/0' }, { question: 'r1-2-3/0/1' }]);
  });

  test('tells an agent what it is to do, in words of the load', () => {
    const { toolCalls } = replyTo(request(system, user(messageOf(PLAN)), said));
    const [call] = toolCalls ?? [];
    const child = typeof call?.arguments === 'object' ? readMessage(String(call.arguments.input)) : undefined;
    expect(child).toMatchObject({ id: 'r1-2-3.1.0' });
  });

  test('knows who asks, and how far the newest case is', () => {
    const earlier = user(messageOf({ ...PLAN, id: 'r1-2-2' }));
    const asked = request(system, earlier, said, said, said, user(messageOf(PLAN)), said);
    expect({ who: speakerOf(asked), of: caseOf(asked), turn: turnOf(asked) }).toEqual({
      who: 'clerk',
      of: 'r1-2-3',
      turn: 1,
    });
  });

  test('answers with what does not fit until it was corrected often enough', () => {
    const plan = { ...PLAN, rounds: [], misfits: 1 };
    const first = request(system, user(messageOf(plan)));
    expect(replyTo(first).text).toBe(misfitOf(plan, 0));
    const correction = user('Your answer is not valid by the JSON Schema that was asked for:\n- "words" must be array');
    const second = request(system, user(messageOf(plan)), said, correction);
    expect({ turn: turnOf(second), misfits: misfitsOf(second) }).toEqual({ turn: 0, misfits: 1 });
    expect(replyTo(second).text).toBe(answerOf(plan));
  });

  test.each([
    ['r1-2-3 lamp forbidden-x1', true],
    ['Round 0 of r1-2-3.', false],
  ])('judges what it is shown: %s', (text, violates) => {
    const judge: SimulatedMessage = { role: 'system', text: 'You check what an assistant is about to answer. You …' };
    const asked = request(judge, user(`{"in answer to": "${messageOf(PLAN)}", "text": "${text}"}`));
    expect({ of: caseOf(asked), place: placeJudged(asked) }).toEqual({ of: 'r1-2-3', place: 'output' });
    expect(JSON.parse(replyTo(asked).text ?? '')).toMatchObject({ violates });
  });

  test('has nothing to do with a text that quotes a case', () => {
    const asked = request({ role: 'system', text: 'You write titles.' }, user(`User: ${messageOf(PLAN)}`));
    expect(caseOf(asked)).toBeUndefined();
    expect(replyTo(asked).text).toBe('A case of many');
  });
});
