import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type LlmSimulator, startLlmSimulator } from '@troupe/testing';
import { describeWireConformance } from '@troupe/testing/model-conformance';
import { Agent, createModelCatalog, type ProviderRegistration, registerFormatter, registerProvider } from 'troupe';
import createAcmeProvider from './acme-provider.ts';

const registrations: (() => void)[] = [];

afterEach(() => {
  for (const takeOut of registrations.splice(0)) takeOut();
});

function acme(baseUrl: string, apiKeys: string[]): ProviderRegistration {
  const instance = { id: 'acme', keySetting: 'ACME_API_KEY', baseUrlSetting: 'ACME_BASE_URL' };
  return { id: 'acme', create: (services) => createAcmeProvider({ baseUrl, apiKeys, instance }, services) };
}

// Acme speaks as OpenAI does, so the simulator has its format already.
describeWireConformance({
  provider: 'openai',
  id: 'acme',
  createModel: ({ baseUrl, apiKey, model, silenceMs }) => {
    const takeOut = registerProvider(acme(baseUrl, apiKey.split(',')));
    const timeouts =
      silenceMs === undefined ? {} : { firstByteMs: silenceMs, wholeAnswerMs: silenceMs, idleMs: silenceMs };
    const catalog = createModelCatalog({ timeouts });
    // A catalog keeps the providers that were there when it was created.
    takeOut();
    return catalog.resolve(`acme/${model}`);
  },
});

describe('a provider of your own', () => {
  let simulator: LlmSimulator;
  beforeAll(async () => {
    simulator = await startLlmSimulator();
  });
  afterAll(() => simulator.close());

  test('in a program: it lists models, answers agents and takes what formatters make of requests', async () => {
    registrations.push(
      registerProvider(acme(simulator.baseUrls.openai, ['sk-acme'])),
      registerFormatter({
        name: 'acme-shouts',
        appliesTo: (model) => model.startsWith('acme/'),
        format: (request) => ({ ...request, system: request.system?.toUpperCase() }),
      }),
    );
    const catalog = createModelCatalog({});
    expect(catalog.defaultModel).toBe('acme/acme-large');
    const listed = (await catalog.list()).map(({ id }) => id);
    expect(listed).toContain('acme/sim-echo');
    const agent = new Agent({ name: 'Ann', role: 'You help.', model: catalog.resolve('acme/acme-large') });
    expect(await agent.chat('Hello there')).toContain('Hello there');
    expect(simulator.requests.at(-1)?.request?.messages[0]?.text).toMatch(/^YOU HELP\./);
  });

  test('in a server: an entry of the providers file is enough', async () => {
    const root = join(import.meta.dirname, '../..');
    // As a server does it, from the sources.
    const program = `
      import { loadSettings, modelCatalogSettings } from '@troupe/config';
      import { createModelCatalog } from '@troupe/providers';
      const settings = modelCatalogSettings(loadSettings(['models']).models);
      for (const instance of settings.instances) instance.baseUrl = process.argv[1];
      const catalog = createModelCatalog(settings);
      const messages = [{ role: 'user', content: [{ type: 'text', text: 'Hello there' }] }];
      const { content } = await catalog.resolve(catalog.defaultModel).generate({ messages });
      console.log(JSON.stringify({ model: catalog.defaultModel, content }));
    `;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        ...['--import', join(root, 'tooling/checks/import-typescript.mjs')],
        ...['--input-type', 'module', '--eval', program, simulator.baseUrls.openai],
      ],
      {
        cwd: join(root, 'apps/llm-worker'),
        env: { ...process.env, TROUPE_PROVIDERS_FILE: join(import.meta.dirname, 'providers.yaml') },
        timeout: 25_000,
      },
    );
    const { model, content } = JSON.parse(stdout);
    expect(model).toBe('acme/acme-large');
    expect(content[0].text).toContain('Hello there');
  });

  test('cannot take the name of another', () => {
    const registration = acme('http://127.0.0.1:9', []);
    registrations.push(registerProvider(registration));
    expect(() => registerProvider(registration)).toThrow('There is a provider "acme" already');
    expect(() => registerProvider({ ...registration, id: 'openai' })).toThrow('There is a provider "openai" already');
    expect(() => registerProvider({ ...registration, id: 'My Acme' })).toThrow('lower case letters');
    registrations.push(registerProvider({ ...registration, id: 'other' }));
    expect(() => createModelCatalog({})).toThrow('calls itself "acme"');
  });
});
