import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { AgentConfiguration, RunOptions } from '@troupe/contracts';
import type { Tool } from '@troupe/spec';
import { answer, callTools, ScriptedModel, type ScriptedTurn } from '@troupe/testing';
import { LibraryStage } from './library.test-stage.js';
import { asLog, type NormalisedEvents, normalisedEvents } from './normalised-events.test-reader.js';
import { ServerStage } from './server.test-stage.js';

jest.setTimeout(120_000);

const number = { type: 'number' };
const double: Tool = {
  name: 'double',
  description: 'Doubles a number.',
  parameters: { type: 'object', properties: { n: number }, required: ['n'], additionalProperties: false },
  effect: 'read',
  timeoutMs: 5_000,
  execute: async ({ n }) => Number(n) * 2,
};
const breaks: Tool = {
  name: 'break',
  description: 'Fails.',
  parameters: { type: 'object', properties: {} },
  effect: 'idempotent',
  timeoutMs: 5_000,
  execute: async () => {
    throw new Error('It broke.');
  },
};
const TOOLS = [double, breaks];

const DEFINITION: AgentConfiguration = {
  name: 'Counter',
  definition: { role: 'You count.', constraints: ['Be exact.'] },
  tools: ['double', 'break'],
  memory: { type: 'last_n', n: 20 },
  max_turns: 3,
};

interface Scenario {
  script: ScriptedTurn[];
  agent?: Partial<AgentConfiguration>;
  options?: RunOptions;
}

const once = callTools([{ name: 'double', arguments: { n: 2 } }]);
const twice = callTools([
  { name: 'double', arguments: { n: 2 } },
  { name: 'double', arguments: { n: 3 } },
]);
const output_schema = { type: 'object', properties: { n: number }, required: ['n'], additionalProperties: false };
const wrong = answer('{"n":"four"}');
const right = answer('Here: {"n":4}');

const SCENARIOS: [string, Scenario][] = [
  ['a plain answer', { script: [answer('Four of them.')] }],
  ['tools in parallel', { script: [twice, answer('4 and 6.')] }],
  ['a tool that fails', { script: [callTools([{ name: 'break', arguments: {} }]), answer('It broke.')] }],
  ['a tool that is not there', { script: [callTools([{ name: 'doubel', arguments: { n: 2 } }]), answer('None.')] }],
  ['arguments that do not fit', { script: [callTools([{ name: 'double', arguments: { m: 2 } }]), answer('None.')] }],
  [
    'a call that is refused beside one that runs',
    {
      script: [
        callTools([
          { name: 'triple', arguments: {} },
          { name: 'double', arguments: { n: 1 } },
        ]),
        answer('2.'),
      ],
    },
  ],
  ['words before a call', { script: [saying('I look.', { n: 2 }), answer('4.')] }],
  ['the turn limit', { script: [once, once, once] }],
  ['an output', { script: [right], options: { output_schema } }],
  ['an output after tools, with a correction', { script: [once, wrong, right], options: { output_schema } }],
  ['tools after a correction', { script: [wrong, once, right], options: { output_schema } }],
  ['no valid output', { script: [wrong, wrong], options: { output_schema, output_retries: 1 } }],
  [
    'a refusal where an output is wanted',
    { script: [answer('No.', { finish: 'refusal' })], options: { output_schema } },
  ],
  ['an answer that is cut off', { script: [answer('One, two', { finish: 'length' })] }],
  ['a limit of requests', { script: [once, once], options: { limits: { max_requests: 2 } } }],
  ['a limit of tool calls', { script: [twice, answer('4.')], options: { limits: { max_tool_calls: 1 } } }],
  ['a limit of output', { script: [once, once], agent: { limits: { max_output_tokens: 10 } } }],
  ['a limit that one request is too large for', { script: [], agent: { limits: { max_total_tokens: 20 } } }],
  ['a limit that is used up', { script: [wrong], options: { output_schema, limits: { max_requests: 1 } } }],
  ['a limit of money without a price', { script: [], options: { limits: { max_cost_usd: 1 } } }],
  ['a forced tool', { script: [once, answer('4.')], agent: { tool_choice: { tool: 'double' } } }],
  ['a tool whose result is the answer', { script: [once], agent: { stop_on_tools: ['double'] } }],
  [
    'one that fails is none',
    {
      script: [callTools([{ name: 'break', arguments: {} }]), answer('It broke.')],
      agent: { stop_on_tools: ['break'] },
    },
  ],
];

function saying(text: string, args: { n: number }): ScriptedTurn {
  const calls = callTools([{ name: 'double', arguments: args }]);
  if (calls.type !== 'response') throw new Error('A scripted call is a response.');
  const { response } = calls;
  return { type: 'response', response: { ...response, content: [{ type: 'text', text }, ...response.content] } };
}

let server: ServerStage;
beforeAll(async () => {
  server = await ServerStage.start(TOOLS);
});
afterAll(() => server?.stop());

interface Played extends NormalisedEvents {
  /** What the model was sent. */
  requests: object[];
}

async function playOnServer({ script, agent, options = {} }: Scenario): Promise<Played> {
  const model = new ScriptedModel(script, { id: 'scripted/same' });
  const log = await server.play(model, { ...DEFINITION, ...agent }, { message: 'Count!', options });
  model.assertDone();
  return { ...normalisedEvents(log), requests: shapesOf(model) };
}

async function playInProcess({ script, agent, options }: Scenario): Promise<Played> {
  const model = new ScriptedModel(script, { id: 'scripted/same' });
  const tools = new Map(TOOLS.map((tool) => [tool.name, tool]));
  const library = new LibraryStage([{ ...DEFINITION, ...agent }], { model, tools });
  const log = asLog(await library.play(DEFINITION.name, 'Count!', options));
  model.assertDone();
  return { ...normalisedEvents(log), requests: shapesOf(model) };
}

/** Messages by their roles: a server keeps a message for each result. */
function shapesOf({ requests }: ScriptedModel): object[] {
  return requests.map(({ messages, ...request }) => ({ ...request, roles: messages.map(({ role }) => role) }));
}

describe('the same agent, in one process and on a server in split mode', () => {
  test.each(SCENARIOS)('tells and asks the same: %s', async (_what, scenario) => {
    const [here, there] = [await playInProcess(scenario), await playOnServer(scenario)];
    expect(here).toEqual(there);
    expect(here.events.length).toBeGreaterThan(1);
  });
});
