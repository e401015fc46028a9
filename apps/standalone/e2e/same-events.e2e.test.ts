import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { RunEvent } from '@troupe/contracts';
import { openPriceBook } from '@troupe/model-calls';
import { createModelCatalog } from '@troupe/providers';
import type { SimulatedReply } from '@troupe/testing';
import { toolsByName } from '@troupe/tools';
import { LibraryStage } from '../src/same-events/library.test-stage.js';
import { asLog, normalisedEvents } from '../src/same-events/normalised-events.test-reader.js';
import { follow } from './follow.js';
import { NOW, SCENARIOS, type Scenario } from './same-events-scenarios.js';
import { startTestServer, type TestServer } from './start-test-server.js';

jest.setTimeout(60_000);

interface Played {
  /** Of all messages. */
  events: object[];
  restarted: number[];
  /** What the model was sent, as it went over the wire. */
  requests: unknown[];
}

const folder = mkdtempSync(join(tmpdir(), 'troupe-prices-'));
/** US dollars per million tokens, so that costs are told too: nothing is known of what a simulator takes. */
const prices = join(folder, 'prices.json');

let server: TestServer;
beforeAll(async () => {
  writeFileSync(prices, JSON.stringify({ prices: [{ model: 'openai/*', input: 0.15, output: 0.6 }] }));
  const args = ['--split', '--llm-workers', '2', '--tool-workers', '2'];
  server = await startTestServer({ args, env: { TROUPE_PRICES_FILE: prices } });
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});

async function playOnServer({ agents, messages = ['Count!'], script }: Scenario): Promise<Played> {
  // Whom another hands over to must be there before.
  for (const configuration of agents.toReversed()) {
    const { slug } = await server.client.agents.create(configuration);
    expect(slug).toBe(configuration.name);
  }
  answerWith(script);
  const logs: RunEvent[][] = [];
  let thread: { persona_id: string } | { thread_id: string } = { persona_id: agents[0].name };
  for (const message of messages) {
    const { events, threadId } = await follow(server.client.interactStream({ message, ...thread }));
    logs.push(events);
    thread = { thread_id: threadId };
  }
  return played(logs);
}

async function playInLibrary({ agents, messages = ['Count!'], script }: Scenario): Promise<Played> {
  const providers = { openai: { apiKeys: ['sk-openai'], baseUrl: server.simulator.baseUrls.openai } };
  const library = new LibraryStage(agents, {
    model: createModelCatalog(providers).resolve('openai/gpt-4o-mini'),
    prices: openPriceBook(providers, prices),
    tools: toolsByName,
  });
  answerWith(script);
  const logs: RunEvent[][] = [];
  for (const message of messages) logs.push(asLog(await library.play(agents[0].name, message)));
  return played(logs);
}

/** Only to what agents ask: a server's requests for titles are not streamed, and come when they come. */
function answerWith(script: readonly SimulatedReply[]): void {
  server.simulator.reset();
  server.simulator.setRules(script.map((reply) => ({ when: { stream: true }, reply, times: 1 })));
}

function played(logs: readonly RunEvent[][]): Played {
  const normalised = logs.map(normalisedEvents);
  return comparable({
    events: normalised.flatMap(({ events }) => events),
    restarted: normalised.flatMap(({ restarted }) => restarted),
    requests: requestsOfAgents(),
  });
}

/** A server has ids of its own for calls of tools, and sends these. */
function requestsOfAgents(): unknown[] {
  const asked = server.simulator.requests.filter(({ request }) => request?.stream);
  const calls = asked.flatMap(({ request }) => request?.messages.flatMap(({ toolCalls = [] }) => toolCalls) ?? []);
  const ids = [...new Set(calls.flatMap(({ id }) => id ?? []))];
  const bodies = JSON.stringify(asked.map(({ body }) => body));
  return JSON.parse(ids.reduce((text, id, index) => text.replaceAll(id, `call ${index + 1}`), bodies));
}

/** Without the times that `current_time` told, and with costs to a millionth of a microdollar. */
function comparable(what: Played): Played {
  // A database adds decimals up, and a process binary fractions.
  const rounded = (key: string, value: unknown) =>
    key === 'cost' && value !== null ? Number(value).toFixed(12) : value;
  const text = JSON.stringify(what, rounded);
  return JSON.parse(text.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00/g, NOW));
}

describe('the same agent, in one process and on a server of several', () => {
  test('the server has a process for each of its parts', () => {
    const names = ['gateway-1', 'llm-worker-1', 'llm-worker-2', 'tool-worker-1', 'tool-worker-2'];
    expect(Object.keys(server.process.pids())).toEqual(expect.arrayContaining(names));
  });

  test.each(SCENARIOS)('tells and asks the same: %s', async (_what, scenario) => {
    const [here, there] = [await playInLibrary(scenario), await playOnServer(scenario)];
    expect(here).toEqual(there);
    expect(here.events).toEqual(expect.arrayContaining([...scenario.tells]));
    expect(here.requests).toHaveLength(scenario.script.length);
  });
});
