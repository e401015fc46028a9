import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { configuredLimits } from './configured-limits.js';
import { loadSettings } from './load-settings.js';

const ofText = (text: string) => configuredLimits({ text, file: undefined });

describe('configuredLimits', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'troupe-limits-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const file = (text: string) => {
    const path = join(folder, 'limits.yaml');
    writeFileSync(path, text);
    return path;
  };
  const ofFile = (text: string) => configuredLimits({ text: undefined, file: file(text) });

  it('has none where none are set', () => {
    expect(configuredLimits(loadSettings(['limits'], {}).limits)).toEqual([]);
  });

  it('reads the environment', () => {
    const { limits } = loadSettings(['limits'], {
      LIMITS: 'openai/gpt-4o: rpm=500 tpm=30000; anthropic/*: rpm=50, input_tpm=40000, output_tpm=8000;',
    });
    expect(configuredLimits(limits)).toEqual([
      { provider: 'openai', model: 'gpt-4o', rpm: 500, tpm: 30_000, source: 'environment' },
      {
        ...{ provider: 'anthropic', model: '*', rpm: 50, input_tpm: 40_000, output_tpm: 8_000 },
        source: 'environment',
      },
    ]);
  });

  it('takes names with slashes and colons, accounts, and lines instead of semicolons', () => {
    expect(
      ofText('\n ollama/llama3:8b : max_concurrency=2\nopenrouter/deepseek/r1:free: account=00ff12 rpd=50\n'),
    ).toEqual([
      { provider: 'ollama', model: 'llama3:8b', max_concurrency: 2, source: 'environment' },
      { provider: 'openrouter', model: 'deepseek/r1:free', account: '00ff12', rpd: 50, source: 'environment' },
    ]);
  });

  it.each([
    ['openai/gpt-4o rpm=5', 'It must begin with provider/model and a colon.'],
    ['gpt-4o: rpm=5', 'It must begin with provider/model and a colon.'],
    ['openai/gpt-4o:', 'At least one of rpm, tpm'],
    ['openai/gpt-4o: rpm', '"rpm" is no name=number.'],
    ['openai/gpt-4o: rmp=5', '"rmp" is not known. Did you mean rpd or rpm?'],
    ['openai/gpt-4o: rpm=5 rpm=6', 'rpm is there twice.'],
    ['openai/gpt-4o: rpm=0', 'rpm must be a whole number from 1 to 1000000000.'],
    ['openai/gpt-4o: rpm=-5', 'rpm must be a whole number'],
    ['openai/gpt-4o: rpm=1.5', 'rpm must be a whole number'],
    ['openai/gpt-*-mini: rpm=5', 'model must be a name without spaces'],
    ['open*/gpt: rpm=5', 'provider must be the id of one provider'],
    ['openai/: rpm=5', 'model must be a name without spaces'],
    ['openai/a: rpm=5; openai/a: tpm=6', 'openai/a is there twice.'],
    ['openai/a: provider=x rpm=5', 'provider is there twice.'],
  ])('refuses LIMITS=%s', (text, message) => {
    expect(() => ofText(text)).toThrow(message);
    expect(() => ofText(text)).toThrow('LIMITS: not usable');
  });

  it('names every entry that is wrong, of both sources', () => {
    const path = file('limits: [{ provider: openai, model: "*" }, { provider: openai, model: a, rpm: many }]');
    expect(() => configuredLimits({ text: 'openai/b: tpm=x; nothing', file: path })).toThrow(
      /TROUPE_LIMITS_FILE: .*limits\.yaml\n +limits\[0\]: At least one.*\n +limits\[1\]: rpm must.*[\s\S]*LIMITS: .*\n +"openai\/b: tpm=x".*\n +"nothing"/,
    );
  });

  it('reads the file', () => {
    expect(ofFile('# Tier 2\nlimits:\n  - { provider: openai, model: "gpt-4o*", rpm: 5000, tpm: 450000 }\n')).toEqual([
      { provider: 'openai', model: 'gpt-4o*', rpm: 5_000, tpm: 450_000, source: 'file' },
    ]);
  });

  it.each([
    ['limits: [{ provider: openai, model: *, rpm: 5 }]', 'Write patterns in quotes: model: "*".'],
    ['limits:\n  - provider: openai\n    model: *all\n    rpm: 5', 'Write patterns in quotes: model: "*".'],
    ['limits: [', 'TROUPE_LIMITS_FILE'],
    ['- { provider: openai, model: a, rpm: 5 }', 'It must hold a list under `limits` and nothing else.'],
    ['limits: []\nlimit: []', 'It must hold a list under `limits` and nothing else.'],
    ['', 'It must hold a list under `limits`'],
    ['limits: [text]', 'limits[0]: It must be an object'],
    ['limits: [{ provider: openai, model: a, rpm: 5 }, { provider: openai, model: a, rpm: 6 }]', 'is there twice'],
  ])('refuses the file %j', (text, message) => {
    expect(() => ofFile(text)).toThrow(message);
  });

  it('says which file cannot be read', () => {
    const missing = join(folder, 'missing.yaml');
    expect(() => configuredLimits({ text: undefined, file: missing })).toThrow(missing);
  });
});
