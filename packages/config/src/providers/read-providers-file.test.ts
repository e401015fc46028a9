import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadSettings } from '../load-settings.js';
import { modelCatalogSettings } from '../model-catalog-settings.js';
import { SettingsError } from '../settings-error.js';

describe('the providers file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'troupe-providers-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function read(yaml: string, environment: Record<string, string> = {}) {
    const path = join(folder, 'providers.yaml');
    writeFileSync(path, yaml);
    const whole = { ...environment, TROUPE_PROVIDERS_FILE: path };
    return modelCatalogSettings(loadSettings(['models'], whole).models, whole);
  }

  function refusal(yaml: string, environment: Record<string, string> = {}): string {
    try {
      read(yaml, environment);
    } catch (error) {
      if (error instanceof SettingsError) return error.message;
      throw error;
    }
    throw new Error('The file was accepted.');
  }

  it.each(['agent', 'demo'])('may not call a provider %s', (id) => {
    const entry = `{ id: ${id}, kind: openai-compatible, base_url: http://127.0.0.1:8000/v1, models: [a] }`;
    expect(refusal(`providers: [${entry}]`)).toContain('neither demo nor agent');
  });

  it('names several instances of one kind, with keys from variables', () => {
    const { instances } = read(
      `
providers:
  - id: groq
    kind: openai-compatible
    flavor: groq
    base_url: https://api.groq.com/openai/v1
    api_key_env: GROQ_API_KEY
    default_model: llama-3.3-70b-versatile
  - id: gpu-2
    kind: openai-compatible
    flavor: vllm
    base_url: http://gpu-2:8000/v1
    models: [qwen3, "org/other"]
    capabilities: { structured_output: prompted, images: false, context_tokens: 32768 }
    timeouts: { first_byte_ms: 600000 }
  - id: openai-eu
    kind: openai
    api: responses
    base_url: https://eu.api.openai.com/v1
    api_keys_env: [EU_KEY_1, EU_KEY_2]
`,
      { GROQ_API_KEY: 'gsk-1', EU_KEY_1: 'sk-1', EU_KEY_2: 'sk-2,sk-3' },
    );
    expect(instances).toEqual([
      {
        kind: 'openai-compatible',
        apiKeys: ['gsk-1'],
        baseUrl: 'https://api.groq.com/openai/v1',
        flavor: 'groq',
        instance: {
          id: 'groq',
          keySetting: 'GROQ_API_KEY',
          baseUrlSetting: expect.stringContaining('base_url of "groq" in '),
          defaultModel: 'llama-3.3-70b-versatile',
        },
      },
      {
        kind: 'openai-compatible',
        apiKeys: [],
        baseUrl: 'http://gpu-2:8000/v1',
        flavor: 'vllm',
        timeouts: { firstByteMs: 600_000 },
        instance: {
          id: 'gpu-2',
          keySetting: expect.stringContaining('api_key_env of "gpu-2" in '),
          baseUrlSetting: expect.any(String),
          models: ['qwen3', 'org/other'],
          capabilities: { structuredOutput: 'prompted', images: false, contextTokens: 32_768 },
        },
      },
      {
        kind: 'openai',
        apiKeys: ['sk-1', 'sk-2', 'sk-3'],
        baseUrl: 'https://eu.api.openai.com/v1',
        api: 'responses',
        instance: { id: 'openai-eu', keySetting: 'EU_KEY_1, EU_KEY_2', baseUrlSetting: expect.any(String) },
      },
    ]);
  });

  it('says of everything that is wrong the file, the entry and the field', () => {
    const message = refusal(`
providers:
  - { id: "Groq Cloud", kind: openai-compatible, base_url: groq.com, default_model: a }
  - { id: b, kind: openrouterr }
  - { id: c, kind: openai-compatible, base_url: "http://c/v1" }
  - { id: d, kind: openai, api_key_env: NOT_SET }
  - { id: e, kind: anthropic }
  - { id: f, kind: ollama, base_ulr: "http://f", capabilities: { image: true, tools: maybe }, timeouts: { idle_ms: 0 } }
  - 7
`);
    expect(message).toContain(join(folder, 'providers.yaml'));
    for (const part of [
      'providers[0] (Groq Cloud).id must be a name of lower case letters',
      'providers[0] (Groq Cloud).base_url must be a URL',
      'providers[1] (b).kind must be one of anthropic, module, ollama, openai, openai-compatible, openrouter',
      'providers[2] (c).default_model is missing',
      'providers[3] (d).api_key_env names NOT_SET, which is not set',
      'providers[4] (e).api_key_env is missing',
      'providers[5] (f).base_ulr is not known: did you mean base_url?',
      'providers[5] (f).capabilities.image is not known: did you mean images?',
      'providers[5] (f).capabilities.tools must be true or false',
      'providers[5] (f).timeouts.idle_ms must be a whole number above 0',
      'providers[6] must be an object',
    ]) {
      expect(message).toContain(part);
    }
  });

  it.each([
    ['a name twice', 'providers: [{ id: a, kind: ollama }, { id: a, kind: ollama }]', 'The id a is there twice'],
    ['another shape', 'groq: {}', 'a list under `providers`'],
    ['no YAML', 'providers: [', 'Flow sequence'],
    ['a key in the file', 'providers: [{ id: a, kind: ollama, api_key: sk-1 }]', 'api_key is not known'],
  ])('refuses %s', (_what, yaml, part) => {
    expect(refusal(yaml)).toContain(part);
  });

  it('finds a module beside itself', () => {
    const { instances } = read('providers: [{ id: acme, kind: module, module: ./acme.ts }]');
    expect(instances).toMatchObject([{ kind: 'module', apiKeys: [], module: join(folder, 'acme.ts') }]);
    expect(refusal('providers: [{ id: acme, kind: module }]')).toContain('providers[0] (acme).module is missing');
  });

  it('refuses a name that variables give to another, and takes it when they do not', () => {
    const yaml = 'providers: [{ id: openai, kind: openai, api_key_env: SECOND_KEY }]';
    expect(refusal(yaml, { SECOND_KEY: 'sk-2', OPENAI_API_KEY: 'sk-1' })).toContain('taken by OPENAI_API_KEY');
    expect(read(yaml, { SECOND_KEY: 'sk-2' }).instances).toHaveLength(1);
  });

  it('says that the file is not there', () => {
    const models = loadSettings(['models'], { TROUPE_PROVIDERS_FILE: join(folder, 'missing.yaml') }).models;
    expect(() => modelCatalogSettings(models)).toThrow(/missing\.yaml[\s\S]*cannot be read/);
  });
});
