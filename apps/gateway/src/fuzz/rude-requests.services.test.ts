import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import fc from 'fast-check';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';
import { AnswerCheck } from './answer-faults.test-check.js';
import type { KnownValues } from './fitting-value.test-arbitrary.js';
import { addressesOf, makeOneOfEach, type OneOfEach, talkative } from './one-of-each.test-fixture.js';
import { type Operation, operationsOf } from './operations.test-inventory.js';
import { RudeClient } from './rude-client.test-client.js';
import { rudeRequest } from './rude-request.test-arbitrary.js';

/** Another number tries other requests. */
const SEED = 1;
/** For all operations together, in milliseconds; each gets the same share. */
const BUDGET_MS = 20_000;
/** Of one operation, where they are answered fast. */
const MOST_REQUESTS = 100;
/** What nobody but its tenant may ever read. */
const SECRET = 'violet-hippopotamus';

let gateway: GatewayHarness;
let document: OpenAPIObject;
let own: OneOfEach;
let foreign: OneOfEach;

beforeAll(async () => {
  gateway = await startGatewayForTest();
  gateway.model.enqueue(...Array<ReturnType<typeof talkative>>(20_000).fill(talkative()));
  document = (await (await gateway.call('GET', '/openapi.json', { key: null })).json()) as OpenAPIObject;
  own = await makeOneOfEach(gateway, { key: gateway.key, prefix: 'own', text: 'own' });
  foreign = await makeOneOfEach(gateway, { key: gateway.otherTenantKey, prefix: 'foreign', text: SECRET });
});
afterAll(() => gateway?.stop());

/** Ids of the tenant's own, of the other tenant, and of other kinds of things. */
function knownValues(): KnownValues {
  const names = Object.keys(own) as (keyof OneOfEach)[];
  const ids = Object.fromEntries(names.map((name) => [name, [...own[name], ...own[name], ...foreign[name]]]));
  return {
    ...ids,
    run_id: [...(ids.run_id ?? []), ...own.thread_id],
    persona_id: [...own.agent, ...foreign.agent, 'cherry'],
    session_id: [...own.thread_id, ...foreign.thread_id, 'session'],
    from_message_id: [...own.run_id],
    model: [gateway.model.id, gateway.model.id, 'nobody/nothing'],
    fallback_models: [gateway.model.id],
    tools: ['ask_user', 'calculate'],
    provider: ['scripted'],
    limit: [1, 2, 100],
  };
}

/** What takes things away, or leaves nothing to spend, comes last. */
function lateness({ method, path }: Operation): number {
  if (method === 'DELETE') return 2;
  return method !== 'GET' && /limits|budgets/.test(path) ? 1 : 0;
}

async function lookAtForeign(): Promise<string[]> {
  const answers = addressesOf(foreign).map((path) => gateway.call('GET', path, { key: gateway.otherTenantKey }));
  return Promise.all(answers.map(async (answer) => (await answer).text()));
}

test('whatever is sent: no failure, no hang, nothing of another tenant, and every answer as it is described', async () => {
  const before = await lookAtForeign();
  const client = new RudeClient({ url: gateway.url, key: gateway.key });
  const check = new AnswerCheck({ document, secret: SECRET });
  const operations = operationsOf(document).sort((one, other) => lateness(one) - lateness(other));
  const faults: string[] = [];
  for (const operation of operations) {
    const requests = fc.sample(rudeRequest(document, operation, knownValues()), { seed: SEED, numRuns: MOST_REQUESTS });
    const until = performance.now() + BUDGET_MS / operations.length;
    for (const request of requests) {
      if (performance.now() > until) break;
      const answer = await client.send(request);
      for (const fault of check.faultsOf(operation, answer)) {
        const { url, headers, body } = request;
        faults.push(
          `${operation.name} ${fault}\n  ${url.slice(0, 200)} ${JSON.stringify(headers)} ${body?.toString().slice(0, 500)}`,
        );
      }
    }
  }
  client.close();
  expect(faults).toEqual([]);
  expect((await gateway.call('GET', '/readyz', { key: null })).status).toBe(200);
  expect(await lookAtForeign()).toEqual(before);
}, 120_000);
