import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type { Environment } from '../read-variable.js';
import { SettingsError } from '../settings-error.js';
import type { ProviderEntry } from './provider-entry.js';
import { readProviderEntry } from './read-provider-entry.js';

const EXAMPLE =
  'providers: [{ id: local, kind: openai-compatible, base_url: http://127.0.0.1:8000/v1, models: [qwen3] }]';

/**
 * The providers of a YAML file: a list under `providers`. Keys are not in it: entries name the variables that hold them.
 * @throws SettingsError that names the file, the entries and the fields that are wrong, all at once
 */
export function readProvidersFile(path: string, environment: Environment): ProviderEntry[] {
  const problems: string[] = [];
  const entries = listOf(path, problems).flatMap((entry, index) => {
    const place = `providers[${index}]`;
    return readProviderEntry(entry, { place, file: path, environment, problems }) ?? [];
  });
  const ids = entries.map(({ instance }) => instance.id);
  for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) {
    problems.push(`The id ${id} is there twice: each provider needs a name of its own.`);
  }
  if (problems.length > 0) {
    throw new SettingsError([
      {
        variable: 'TROUPE_PROVIDERS_FILE',
        given: [path, ...problems].join('\n    '),
        expected: 'a YAML file as docs/guides/add-a-provider.md describes it',
        example: EXAMPLE,
      },
    ]);
  }
  return entries;
}

function listOf(path: string, problems: string[]): unknown[] {
  try {
    const document = parseDocument(readFileSync(path, 'utf8'));
    for (const { message } of document.errors) problems.push(message.split('\n', 1)[0] ?? message);
    if (problems.length > 0) return [];
    const content: unknown = document.toJS();
    const isMap = typeof content === 'object' && content !== null && Object.keys(content).length === 1;
    if (isMap && 'providers' in content && Array.isArray(content.providers)) return content.providers;
    problems.push('It must hold a list under `providers` and nothing else.');
  } catch (error) {
    problems.push(`It cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return [];
}
