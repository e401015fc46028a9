import { NOT_TOLD } from './case-message.js';
import { type AgentName, TOOLS } from './case-plan.js';

const PLAIN_TOOLS = TOOLS.slice(0, 3);

/** Time to decide about a call or a question, in seconds: short, so that some come too late. */
export const DECIDE_WITHIN_SECONDS = 6;

/** By which the provider knows who asks it. */
export function roleOf(agent: AgentName): string {
  return `The ${agent} of the load`;
}

/** Whose prompt this is; undefined: of none of the load's agents. */
export function agentOfPrompt(system: string): AgentName | undefined {
  return /^The (\w+) of the load/.exec(system)?.[1] as AgentName | undefined;
}

/** What each agent is, as it is sent to the API. Those that others name come first. */
export const AGENT_SETTINGS: readonly [AgentName, object][] = [
  ['witness', { tools: PLAIN_TOOLS }],
  [
    'clerk',
    {
      // `release` asks by itself, for as long as it takes.
      tools: [...TOOLS, 'ask_user'],
      approvals: [
        {
          tools: ['refund'],
          expires_in_seconds: DECIDE_WITHIN_SECONDS,
          on_expiry: 'reject',
          ask: 'Shall it be paid back?',
        },
        { tools: ['ask_user'], expires_in_seconds: DECIDE_WITHIN_SECONDS, on_expiry: 'fail' },
      ],
    },
  ],
  [
    'editor',
    {
      tools: PLAIN_TOOLS,
      guardrails: [
        {
          name: 'secrets',
          on: ['output', 'tool_output'],
          check: { type: 'patterns', patterns: ['secret-\\w+'] },
          action: 'redact',
        },
        {
          name: 'forbidden',
          on: ['input', 'output', 'tool_output'],
          check: { type: 'judge', instructions: 'A word that begins with "forbidden-".' },
          message: NOT_TOLD,
        },
      ],
    },
  ],
  ['manager', { tools: PLAIN_TOOLS, agents: [{ agent: 'witness' }, { agent: 'clerk' }, { agent: 'editor' }] }],
  [
    'triage',
    {
      tools: ['charge'],
      agents: [{ agent: 'manager' }],
      handoffs: [{ agent: 'witness' }, { agent: 'clerk' }, { agent: 'editor' }, { agent: 'manager' }],
    },
  ],
];
