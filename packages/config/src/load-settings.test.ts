import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadSettings } from './load-settings.js';
import type { Environment } from './read-variable.js';
import { SECTIONS, type SectionName } from './sections/catalog.js';
import { SettingsError } from './settings-error.js';

const ALL = Object.keys(SECTIONS) as SectionName[];

function errorOf(environment: Environment): SettingsError {
  try {
    loadSettings(ALL, environment);
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new Error('loadSettings accepted the environment');
}

describe('loadSettings', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'troupe-config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('needs nothing: every section has defaults', () => {
    const settings = loadSettings(ALL, {});
    expect(settings.http).toEqual({ port: 3000, host: '127.0.0.1', maxBodyBytes: 1_048_576 });
    expect(settings.storage.dataDir).toBe('.troupe');
    expect(settings.storage.databaseUrl).toBeUndefined();
    expect(settings.runs).toEqual({ deadlineSeconds: 900, leaseSeconds: 15, turnSeconds: 600, eventHours: 24 });
    expect(settings.workers.llmConcurrency).toBe(1000);
    expect(settings.log.format).toBeUndefined();
    expect(settings.operations.workerHttpPort).toBeUndefined();
  });

  it('reads only the sections it is asked for', () => {
    expect(Object.keys(loadSettings(['runs'], { PORT: 'wrong' }))).toEqual(['runs']);
  });

  it('reads texts, numbers, choices and URLs', () => {
    const settings = loadSettings(ALL, {
      PORT: ' 8080 ',
      HOST: '::1',
      LOG_LEVEL: 'debug',
      LOG_FORMAT: 'json',
      DATABASE_URL: 'postgresql:///troupe?host=/var/run/postgresql',
      REDIS_URL: 'rediss://cache:6380/1',
      DEFAULT_MODEL: 'openrouter/anthropic/claude-sonnet-4',
      OLLAMA_BASE_URL: 'http://[::1]:11434',
      WORKER_HTTP_PORT: '0',
    });
    expect(settings.http.port).toBe(8080);
    expect(settings.http.host).toBe('::1');
    expect(settings.log).toEqual({ level: 'debug', format: 'json' });
    expect(settings.storage.databaseUrl).toBe('postgresql:///troupe?host=/var/run/postgresql');
    expect(settings.storage.redisUrl).toBe('rediss://cache:6380/1');
    expect(settings.models.defaultModel).toBe('openrouter/anthropic/claude-sonnet-4');
    expect(settings.models.ollamaBaseUrl).toBe('http://[::1]:11434');
    expect(settings.operations.workerHttpPort).toBe(0);
  });

  it('takes empty and blank variables as unset', () => {
    const settings = loadSettings(ALL, { PORT: '', HOST: '  ', OPENAI_API_KEY: '', DATABASE_URL: '' });
    expect(settings.http.port).toBe(3000);
    expect(settings.http.host).toBe('127.0.0.1');
    expect(settings.models.openaiApiKey).toBeUndefined();
  });

  it('names every wrong variable in one error, with what was given, what is expected and an example', () => {
    const error = errorOf({ PORT: 'http', LOG_LEVEL: 'loud', RUN_LEASE_SECONDS: '1.5', DEFAULT_MODEL: 'gpt-4o' });
    expect(error.problems.map((problem) => problem.variable)).toEqual([
      'PORT',
      'DEFAULT_MODEL',
      'RUN_LEASE_SECONDS',
      'LOG_LEVEL',
    ]);
    expect(error.message).toContain('4 settings are wrong.');
    expect(error.message).toContain(
      '  PORT: "http"\n    expected  a whole number from 0 to 65535\n    example   PORT=8080',
    );
    expect(error.message).toContain('one of fatal, error, warn, info, debug, trace, silent');
    expect(error.message).toContain('docs/configuration.md');
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '0x50'],
    ['PORT', '1e3'],
    ['DATABASE_URL', 'mysql://localhost/troupe'],
    ['DATABASE_URL', 'localhost:5432'],
    ['REDIS_URL', 'localhost:6379'],
    ['OPENAI_BASE_URL', 'api.openai.com/v1'],
    ['OPENAI_API_KEY', 'sk-one two'],
    ['TROUPE_API_KEY', 'short'],
    ['DEFAULT_MODEL', 'openai/'],
    ['HOST', 'two hosts'],
  ])('refuses %s=%s', (variable, value) => {
    expect(errorOf({ [variable]: value }).problems).toMatchObject([{ variable }]);
  });

  it('never shows a secret that is wrong', () => {
    const error = errorOf({ TROUPE_API_KEY: 'hunter2', DATABASE_URL: 'mysql://troupe:hunter2@db/troupe' });
    expect(error.problems).toHaveLength(2);
    expect(`${error.message}${JSON.stringify(error.problems)}${error.stack}`).not.toContain('hunter2');
  });

  it('reads a secret from the file that its _FILE variable names, without the line break at its end', () => {
    const path = join(folder, 'key');
    writeFileSync(path, 'sk-from-a-file\n');
    expect(loadSettings(['models'], { OPENAI_API_KEY_FILE: path }).models.openaiApiKey).toBe('sk-from-a-file');
  });

  it('says that a secret is given twice, and which file cannot be read', () => {
    const missing = join(folder, 'missing');
    const error = errorOf({
      OPENAI_API_KEY: 'sk-1',
      OPENAI_API_KEY_FILE: missing,
      ANTHROPIC_API_KEY_FILE: missing,
    });
    expect(error.problems).toMatchObject([
      { variable: 'OPENAI_API_KEY', given: 'set twice' },
      { variable: 'ANTHROPIC_API_KEY_FILE', given: expect.stringContaining(missing) },
    ]);
  });

  it('reads no file for what is no secret', () => {
    expect(loadSettings(['http'], { HOST_FILE: join(folder, 'missing') }).http.host).toBe('127.0.0.1');
  });
});
