import { dirname, resolve } from 'node:path';
import { listOfKeys } from '../list-of-keys.js';
import { type Environment, readVariable } from '../read-variable.js';
import { FieldReader } from './field-reader.js';
import {
  CAPABILITY_FIELDS,
  FLAVORS,
  OPENAI_APIS,
  PROVIDER_KINDS,
  type ProviderEntry,
  TIMEOUT_FIELDS,
} from './provider-entry.js';

export interface EntryContext {
  /** Where it is in the file: `providers[2]`. */
  place: string;
  file: string;
  environment: Environment;
  /** Gathers what is wrong. */
  problems: string[];
}

/** One entry, or undefined when something is wrong with it; what, is among the problems then. */
export function readProviderEntry(value: unknown, context: EntryContext): ProviderEntry | undefined {
  const { problems, file } = context;
  const before = problems.length;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push(`${context.place} must be an object with id and kind.`);
    return undefined;
  }
  const named = 'id' in value && typeof value.id === 'string' ? `${context.place} (${value.id})` : context.place;
  const reader = new FieldReader({ ...value }, named, problems);
  const id = reader.text('id', {
    required: true,
    pattern: /^(?!(demo|agent)$)[a-z0-9][a-z0-9-]*$/,
    expected: 'a name of lower case letters, digits and hyphens, and neither demo nor agent',
  });
  const kind = reader.choice('kind', PROVIDER_KINDS, true);
  const isCompatible = kind === 'openai-compatible';
  const baseUrl = reader.text('base_url', {
    required: isCompatible,
    pattern: /^https?:\/\/[^\s/]+/,
    expected: 'a URL that starts with http:// or https://',
  });
  const keys = readKeys(reader, context);
  const defaultModel = reader.text('default_model', { expected: 'the name of a model' });
  const models = reader.texts('models', 'a list of names of models');
  if (isCompatible && defaultModel === undefined && models === undefined) {
    reader.complain('default_model', 'is missing: name one model, or list them under models');
  }
  const flavor = isCompatible ? reader.choice('flavor', FLAVORS) : undefined;
  const api = kind === 'openai' ? reader.choice('api', OPENAI_APIS) : undefined;
  const isOpenRouter = kind === 'openrouter';
  const siteUrl = isOpenRouter ? reader.text('site_url', { expected: 'the address of your application' }) : undefined;
  const title = isOpenRouter ? reader.text('title', { expected: 'the name of your application' }) : undefined;
  const isModule = kind === 'module';
  const module = isModule ? reader.text('module', { required: true, expected: 'the path of a file' }) : undefined;
  const capabilities = reader.record('capabilities', CAPABILITY_FIELDS);
  const timeouts = reader.record('timeouts', TIMEOUT_FIELDS);
  reader.refuseUnknown();
  const isVendor = kind === 'anthropic' || kind === 'openai' || kind === 'openrouter';
  if (isVendor && keys.variables.length === 0 && baseUrl === undefined) {
    reader.complain('api_key_env', 'is missing: the variable that holds the key');
  }
  if (problems.length > before || id === undefined || kind === undefined) return undefined;
  return {
    kind,
    apiKeys: keys.apiKeys,
    ...(baseUrl !== undefined && { baseUrl }),
    ...(flavor !== undefined && { flavor }),
    ...(api !== undefined && { api }),
    ...(siteUrl !== undefined && { siteUrl }),
    ...(title !== undefined && { title }),
    // Where the file is, so that both can be moved together.
    ...(module !== undefined && { module: resolve(dirname(file), module) }),
    ...(timeouts !== undefined && { timeouts }),
    instance: {
      id,
      keySetting: keys.variables.join(', ') || `api_key_env of "${id}" in ${file}`,
      baseUrlSetting: `base_url of "${id}" in ${file}`,
      ...(defaultModel !== undefined && { defaultModel }),
      ...(models !== undefined && { models }),
      ...(capabilities !== undefined && { capabilities }),
    },
  };
}

/** `api_key_env: GROQ_API_KEY`, or `api_keys_env` with a list of variables; each holds a key, or several with commas. */
function readKeys(reader: FieldReader, { environment }: EntryContext): { variables: string[]; apiKeys: string[] } {
  const expected = 'the name of a variable, in capitals';
  const single = reader.text('api_key_env', { pattern: /^[A-Z][A-Z0-9_]*$/, expected });
  const several = reader.texts('api_keys_env', 'a list of names of variables');
  if (single !== undefined && several !== undefined)
    reader.complain('api_keys_env', 'and api_key_env exclude each other');
  const variables = several ?? (single === undefined ? [] : [single]);
  const apiKeys = variables.flatMap((variable) => {
    const reading = readVariable({ variable, secret: true }, environment);
    const field = several === undefined ? 'api_key_env' : 'api_keys_env';
    if ('problem' in reading) reader.complain(field, `names ${variable}: ${reading.problem.given}`);
    else if (reading.text === undefined) reader.complain(field, `names ${variable}, which is not set`);
    else return listOfKeys(reading.text);
    return [];
  });
  return { variables, apiKeys };
}
