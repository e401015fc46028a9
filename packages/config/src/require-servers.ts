import type { StorageSettings } from './sections/storage.settings.js';
import { type SettingProblem, SettingsError } from './settings-error.js';

/**
 * Where Postgres and Redis are, for a process that starts none itself.
 * @throws SettingsError that names what is missing.
 */
export function requireServers(storage: StorageSettings): { databaseUrl: string; redisUrl: string } {
  const { databaseUrl, redisUrl } = storage;
  if (databaseUrl !== undefined && redisUrl !== undefined) return { databaseUrl, redisUrl };
  const problems: SettingProblem[] = [];
  if (databaseUrl === undefined) problems.push(missing('DATABASE_URL', 'postgres://user:password@db:5432/troupe'));
  if (redisUrl === undefined) problems.push(missing('REDIS_URL', 'redis://:password@redis:6379'));
  throw new SettingsError(problems);
}

function missing(variable: string, example: string): SettingProblem {
  return {
    variable,
    given: 'not set',
    expected: 'the address of a server; only `npm start` brings its own',
    example,
  };
}
