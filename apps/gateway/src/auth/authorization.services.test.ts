import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { newId } from '@troupe/contracts';
import fc from 'fast-check';
import { fittingValue } from '../fuzz/fitting-value.test-arbitrary.js';
import { addressesOf, makeOneOfEach, type OneOfEach, talkative } from '../fuzz/one-of-each.test-fixture.js';
import { type Operation, operationsOf } from '../fuzz/operations.test-inventory.js';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';
import { ACCESS_EXTENSION, type Access } from './access.js';

/** Every operation that is not for all keys alike. What is missing here must be for all keys. */
const ACCESS: Readonly<Record<string, Access>> = {
  'get /livez': 'public',
  'get /readyz': 'public',
  'get /metrics': 'operator-or-loopback',
  'get /api/budgets': 'admin',
  'post /api/budgets': 'admin',
  'get /api/budgets/{budget_id}': 'admin',
  'patch /api/budgets/{budget_id}': 'admin',
  'delete /api/budgets/{budget_id}': 'admin',
  'get /api/limits': 'operator',
  'put /api/limits': 'operator',
  'delete /api/limits': 'operator',
  'get /api/limits/state': 'operator',
  'post /api/limits/forgive': 'operator',
  'get /api/tenants': 'operator',
  'get /api/tenants/{tenant_id}': 'operator',
  'put /api/tenants/{tenant_id}': 'operator',
};

/** Names in addresses that every tenant has its own of: nothing is to be found under them, and nothing is missing. */
const NAMES_OF_ONES_OWN = ['user_id', 'key', 'path'];

const SECRET = 'violet-hippopotamus';
/** So many of those that fit reach the work behind the validation, some at least. */
const BODIES = 12;

let gateway: GatewayHarness;
let document: OpenAPIObject;
let operations: Operation[];
let foreign: OneOfEach;

beforeAll(async () => {
  gateway = await startGatewayForTest();
  gateway.model.enqueue(...Array<ReturnType<typeof talkative>>(1_000).fill(talkative()));
  document = (await (await gateway.call('GET', '/openapi.json', { key: null })).json()) as OpenAPIObject;
  operations = operationsOf(document);
  foreign = await makeOneOfEach(gateway, { key: gateway.key, prefix: 'foreign', text: SECRET });
});
afterAll(() => gateway?.stop());

const accessOf = ({ name }: Operation) => ACCESS[name] ?? 'key';

/** From elsewhere than this machine, as a proxy says it. */
const FROM_ELSEWHERE = { 'x-forwarded-for': '203.0.113.7' };

/** Statuses of all operations, called with a key and with ids that nobody has. */
async function statuses(key: string | null): Promise<Record<string, number>> {
  const entries: [string, number][] = [];
  for (const operation of operations) {
    const path = operation.path.replaceAll(/\{\w+\}/g, () => newId());
    const options = { key, headers: FROM_ELSEWHERE, ...(operation.body && { body: {} }) };
    const response = await gateway.call(operation.method, path, options);
    await response.text();
    entries.push([operation.name, response.status]);
  }
  return Object.fromEntries(entries);
}

/** The operations that refuse a caller, by their answers. */
async function refused(key: string | null, status: 401 | 403): Promise<string[]> {
  return Object.entries(await statuses(key)).flatMap(([name, answered]) => (answered === status ? [name] : []));
}

const namesOf = (...access: Access[]) =>
  operations.flatMap((operation) => (access.includes(accessOf(operation)) ? [operation.name] : []));

describe('the authorization matrix', () => {
  test('lists every operation that is not for all keys, and the document says the same', () => {
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, operation]) => {
        const access = (operation as Record<string, unknown>)[ACCESS_EXTENSION];
        return access === undefined || access === 'key' ? [] : [[`${method} ${path}`, access]];
      }),
    );
    expect(Object.fromEntries(described)).toEqual(ACCESS);
  });

  test.each([
    ['without a key', () => null],
    ['with a key that nobody has', () => 'tr-0123456789abcdef0123456789abcdef'],
  ])('%s only public operations are open', async (_case, key) => {
    expect(await refused(key(), 401)).toEqual(namesOf('key', 'admin', 'operator', 'operator-or-loopback'));
  });

  test('a key without the rights of an administrator does what is for all keys', async () => {
    expect(await refused(gateway.userKey, 403)).toEqual(namesOf('admin', 'operator', 'operator-or-loopback'));
  });

  test('an administrator of another tenant does what is for administrators, and nothing to the installation', async () => {
    expect(await refused(gateway.otherTenantKey, 403)).toEqual(namesOf('operator', 'operator-or-loopback'));
  });

  test('an administrator of the first tenant may do everything', async () => {
    const answers = Object.values(await statuses(gateway.key));
    expect(answers.filter((status) => status === 401 || status === 403)).toEqual([]);
  });
});

describe('what belongs to another tenant', () => {
  const call = (method: string, path: string, body?: unknown) =>
    gateway.call(method, path, { key: gateway.otherTenantKey, ...(body !== undefined && { body }) });

  function pathOf({ path }: Operation, ids: (name: string) => string): string {
    return path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(ids(name)));
  }

  function namedIn({ path }: Operation): string[] {
    return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  }

  /** Addressed by something that one tenant has and another has not. */
  function addressed(): Operation[] {
    return operations.filter((operation) => {
      const names = namedIn(operation).filter((name) => !NAMES_OF_ONES_OWN.includes(name));
      return names.length > 0 && ['key', 'admin'].includes(accessOf(operation));
    });
  }

  const foreignId = (name: string) => (foreign as Partial<Record<string, string[]>>)[name]?.[0] ?? '';

  test('every kind of thing that an address can name is tried here', () => {
    const names = new Set(addressed().flatMap(namedIn));
    expect([...names].filter((name) => foreignId(name) === '')).toEqual([]);
  });

  test('is not found at any address, exactly as if it were not there, and stays as it is', async () => {
    const look = () => Promise.all(addressesOf(foreign).map(async (path) => (await gateway.call('GET', path)).text()));
    const before = await look();
    const strange: string[] = [];
    for (const operation of addressed()) {
      const bodies = operation.body
        ? fc.sample(fittingValue(document, operation.body, {}), { seed: 1, numRuns: BODIES })
        : [undefined];
      let reached = 0;
      for (const body of bodies) {
        const theirs = await call(operation.method, pathOf(operation, foreignId), body);
        const nobodys = await call(
          operation.method,
          pathOf(operation, () => newId()),
          body,
        );
        await nobodys.text();
        // The second agent would be a near match of the first.
        const tells = (await theirs.text()).includes(String(foreign.agent[1]));
        if (theirs.status !== nobodys.status || tells) {
          strange.push(`${operation.name}: ${theirs.status}, and ${nobodys.status} for what is not there`);
        }
        if (theirs.status === 404) reached += 1;
      }
      if (reached === 0) strange.push(`${operation.name} never said that it is not found`);
    }
    expect(strange).toEqual([]);
    expect(await look()).toEqual(before);
  }, 60_000);

  test('is on no list', async () => {
    const lists = operations.filter(({ method, path }) => method === 'GET' && !path.includes('{'));
    const telling: string[] = [];
    for (const { path } of lists) {
      const text = await (await call('GET', path)).text();
      if (text.includes(SECRET)) telling.push(path);
    }
    expect(telling).toEqual([]);
  });

  test('is not found by what queries and bodies name', async () => {
    const telling: string[] = [];
    const known = { ...foreign, persona_id: foreign.agent, session_id: foreign.thread_id };
    for (const operation of operations) {
      const queries = operation.parameters
        .filter(({ in: place, name }) => place === 'query' && name in known)
        .map(({ name }) => `${name}=${foreignId(name)}`);
      const path = pathOf(operation, () => newId());
      const bodies = operation.body
        ? fc.sample(fittingValue(document, operation.body, known), { seed: 1, numRuns: BODIES })
        : [undefined];
      for (const address of [path, ...queries.map((query) => `${path}?${query}`)]) {
        for (const body of bodies) {
          const text = await (await call(operation.method, address, body)).text();
          if (text.includes(SECRET)) telling.push(`${operation.name}: ${address} ${JSON.stringify(body)}`);
        }
      }
    }
    expect(telling).toEqual([]);
  }, 60_000);
});
