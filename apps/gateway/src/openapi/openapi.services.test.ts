import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

let gateway: GatewayHarness;
let document: OpenAPIObject;
beforeAll(async () => {
  gateway = await startGatewayForTest();
  document = (await (await gateway.call('GET', '/openapi.json', { key: null })).json()) as OpenAPIObject;
});
afterAll(() => gateway.stop());

const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const;

function operations() {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [{ name: `${method} ${path}`, path, operation }] : [];
    }),
  );
}

describe('the OpenAPI document', () => {
  test('is one of version 3.1 that says who it is and how to authenticate', () => {
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Troupe', version: expect.stringMatching(/^\d+\.\d+\.\d+/) },
      components: { securitySchemes: { bearer: { scheme: 'bearer' }, 'x-api-key': { name: 'X-API-Key' } } },
    });
    expect(operations().map(({ name }) => name)).toEqual(
      expect.arrayContaining(['post /api/llm/interact', 'get /api/runs/{run_id}/events', 'get /readyz']),
    );
  });

  test('every reference leads somewhere', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#([^"]+)"/g)].map(
      ([, pointer]) => pointer ?? '',
    );
    expect(references.length).toBeGreaterThan(0);
    expect(references.filter((pointer) => resolve(pointer) === undefined)).toEqual([]);
  });

  test('every operation has a summary, a described tag, an id of its own and the shared errors', () => {
    const tags = new Set(document.tags?.map(({ name }) => name));
    const poor = operations().filter(
      ({ operation }) =>
        !operation.summary ||
        !operation.tags?.every((tag) => tags.has(tag)) ||
        !operation.responses['401'] ||
        !operation.responses['500'],
    );
    expect(poor.map(({ name }) => name)).toEqual([]);
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('every operation that answers with a body describes it', () => {
    const undescribed = operations().filter(({ operation }) => {
      const answers = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
      return !answers.some(([status, answer]) => status === '204' || (answer && 'content' in answer && answer.content));
    });
    expect(undescribed.map(({ name }) => name)).toEqual([]);
    expect(document.components?.schemas).toMatchObject({
      RunDto: { properties: { finished_at: { type: ['string', 'null'] }, usage: { description: expect.any(String) } } },
    });
  });

  test('a waiting call and its stream are told apart, and errors of providers are named', () => {
    const interact = document.paths['/api/llm/interact']?.post;
    expect(Object.keys(interact?.responses ?? {})).toEqual(
      expect.arrayContaining([
        '200',
        '202',
        '400',
        '401',
        '404',
        '409',
        '413',
        '415',
        '422',
        '429',
        '502',
        '503',
        '504',
      ]),
    );
    expect(interact?.responses['200']).toMatchObject({
      content: {
        'application/json': { schema: { $ref: '#/components/schemas/InteractAnswerDto' } },
        'text/event-stream': { schema: { description: expect.stringContaining('text.delta') } },
      },
    });
    expect(document.paths['/api/models']?.get?.responses).not.toHaveProperty('413');
  });

  test('every parameter of a path is described as one', () => {
    const missing = operations().flatMap(({ name, path, operation }) => {
      const described = JSON.stringify(operation.parameters ?? []);
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      return names.filter((parameter) => !described.includes(`"name":"${parameter}"`)).map((it) => `${name}: ${it}`);
    });
    expect(missing).toEqual([]);
  });

  test('every parameter has a description', () => {
    const bare = operations().flatMap(({ name, operation }) =>
      (operation.parameters ?? [])
        .filter((parameter) => !('description' in parameter && parameter.description))
        .map((parameter) => `${name}: ${JSON.stringify(parameter)}`),
    );
    expect(bare).toEqual([]);
  });

  test('every field of every schema has a description', () => {
    const bare = Object.entries(document.components?.schemas ?? {}).flatMap(([name, schema]) =>
      Object.entries('properties' in schema ? (schema.properties ?? {}) : {})
        .filter(([, property]) => !('description' in property) || !property.description)
        .map(([field]) => `${name}.${field}`),
    );
    expect(bare).toEqual([]);
  });

  test('people read it at /docs, from this server alone', async () => {
    const page = await gateway.call('GET', '/docs', { key: null });
    const html = await page.text();
    expect(page.status).toBe(200);
    expect(html).not.toMatch(/(src|href)="https?:/);
    const files = [...html.matchAll(/(?:src|href)="\.(\/docs\/[^"]+)"/g)].map(([, file]) => file ?? '');
    expect(files.length).toBeGreaterThan(3);
    const answers = await Promise.all(files.map((file) => gateway.call('GET', file, { key: null })));
    expect(answers.map(({ status }) => status)).toEqual(files.map(() => 200));
    // A body that nobody reads keeps its connection, and the gateway from stopping.
    await Promise.all(answers.map((answer) => answer.arrayBuffer()));
  });
});

function resolve(pointer: string): unknown {
  let value: unknown = document;
  for (const token of pointer.split('/').slice(1)) {
    value = (value as Record<string, unknown> | undefined)?.[token.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return value;
}
