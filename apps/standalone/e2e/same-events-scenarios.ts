import { expect } from '@jest/globals';
import type { AgentConfiguration, RunEventBody } from '@troupe/contracts';
import type { SimulatedReply } from '@troupe/testing';

/** What is played in one process and on a server. */
export interface Scenario {
  /** The first is the one that is talked to; a name is a slug too. */
  agents: readonly [AgentConfiguration, ...AgentConfiguration[]];
  /** On one thread; absent: one. */
  messages?: readonly string[];
  /** What the model answers, one after the other. */
  script: readonly SimulatedReply[];
  /** Some of what must be told. */
  tells: readonly object[];
}

function agent(name: string, more: Partial<AgentConfiguration> = {}): AgentConfiguration {
  return {
    name,
    definition: { role: 'You count.', constraints: ['Be exact.'] },
    tools: ['calculate', 'current_time'],
    memory: { type: 'last_n', n: 20 },
    max_turns: 3,
    ...more,
  };
}

/** In place of times, which differ between two runs. */
export const NOW = '<now>';

const told = (type: RunEventBody['type'], data: object) => ({ type, data: expect.objectContaining(data) });
const calculate = (expression: string) => ({ name: 'calculate', arguments: { expression } });
const completed = (name: string, result: unknown) => told('tool_call.completed', { name, status: 'completed', result });
const failed = (name: string, result: unknown) => told('tool_call.completed', { name, status: 'failed', result });
const ended = (stop_reason: string, more: object = {}) => told('run.completed', { stop_reason, ...more });
/** As text, rounded. A null would be the same on both sides for want of prices. */
const costing = expect.objectContaining({ cost: expect.stringMatching(/[1-9]/) });
const output_schema = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] };

export const SCENARIOS: [string, Scenario][] = [
  [
    'a plain answer',
    {
      agents: [agent('plain')],
      script: [{ text: 'Four of them.' }],
      tells: [told('text.delta', { delta: 'Four of them.' }), ended('end_turn', { usage: costing })],
    },
  ],
  [
    'two tools in parallel',
    {
      agents: [agent('parallel')],
      script: [
        { text: 'I look.', toolCalls: [calculate('6 * 7'), { name: 'current_time', arguments: {} }] },
        { text: '42, now.' },
      ],
      tells: [completed('calculate', '42'), completed('current_time', expect.stringContaining(NOW)), ended('end_turn')],
    },
  ],
  [
    'a tool that fails',
    {
      agents: [agent('failing')],
      script: [{ toolCalls: [calculate('2 +')] }, { text: 'That is no sum.' }],
      tells: [failed('calculate', expect.any(String)), ended('end_turn')],
    },
  ],
  [
    'a tool that is not there',
    {
      agents: [agent('unknown')],
      script: [{ toolCalls: [{ name: 'calculat', arguments: {} }] }, { text: 'I cannot.' }],
      tells: [failed('calculat', expect.stringContaining('Did you mean calculate')), ended('end_turn')],
    },
  ],
  [
    'an output after a tool, with a correction',
    {
      agents: [agent('typed', { output_schema })],
      script: [{ toolCalls: [calculate('2 + 2')] }, { text: '{"n":"four"}' }, { text: '{"n":4}' }],
      tells: [completed('calculate', '4'), ended('end_turn', { output: { n: 4 } })],
    },
  ],
  [
    'the turn limit',
    {
      agents: [agent('restless')],
      script: Array.from({ length: 3 }, (_, n) => ({ text: 'Once more.', toolCalls: [calculate(`${n} + 1`)] })),
      tells: [told('step.started', { step: 4 }), ended('max_turns')],
    },
  ],
  [
    'a handoff, and the next message to who took over',
    {
      agents: [
        agent('triage', { handoffs: [{ agent: 'tutor', history: 'without_tools' }] }),
        agent('tutor', { description: 'For sums.', definition: { role: 'You teach.' } }),
      ],
      messages: ['What is 1 + 1?', 'What is 2 + 2?', 'And 3 + 3?'],
      script: [
        { toolCalls: [calculate('1 + 1')] },
        { text: 'Two.' },
        { toolCalls: [{ name: 'transfer_to_tutor', arguments: {} }] },
        { toolCalls: [calculate('2 + 2')] },
        { text: 'Four.' },
        { text: 'Six.' },
      ],
      tells: [
        told('handoff.occurred', { from: 'triage', to: 'tutor' }),
        completed('calculate', '4'),
        told('text.delta', { delta: 'Four.' }),
        told('text.delta', { delta: 'Six.' }),
      ],
    },
  ],
  [
    'an agent that is called like a tool',
    {
      agents: [
        agent('lead', { agents: [{ agent: 'checker' }] }),
        agent('checker', { description: 'Checks sums.', definition: { role: 'You check.' } }),
      ],
      script: [
        { toolCalls: [{ name: 'ask_checker', arguments: { input: 'Is 2 + 2 = 4?' } }] },
        { toolCalls: [calculate('2 + 2')] },
        { text: 'It is.' },
        { text: 'Four, which was checked.' },
      ],
      tells: [
        told('subrun.completed', { agent: 'checker', status: 'completed' }),
        completed('ask_checker', 'It is.'),
        ended('end_turn'),
      ],
    },
  ],
  [
    'an answer from which a guardrail takes something out',
    {
      agents: [
        agent('guarded', {
          guardrails: [{ name: 'people', on: ['output'], check: { type: 'pii', kinds: ['email'] } }],
        }),
      ],
      script: [{ text: 'Write to ada@example.com, please.' }],
      tells: [told('guardrail.tripped', { guardrail: 'people', on: 'output', action: 'redact' }), ended('end_turn')],
    },
  ],
];
