import { environment as ownEnvironment } from './environment.js';
import { readSection } from './read-section.js';
import type { Environment } from './read-variable.js';
import { SECTIONS, type SectionName, type Settings } from './sections/catalog.js';
import { SettingsError } from './settings-error.js';

/**
 * Reads and validates the named sections: `loadSettings(['http', 'log']).http.port`.
 * @throws SettingsError that names every wrong variable at once.
 */
export function loadSettings<Name extends SectionName>(
  sections: readonly Name[],
  environment: Environment = ownEnvironment,
): Pick<Settings, Name> {
  const readings = sections.map((name) => ({ name, ...readSection(SECTIONS[name].type, environment) }));
  const problems = readings.flatMap((reading) => reading.problems);
  if (problems.length > 0) throw new SettingsError(problems);
  return Object.fromEntries(readings.map(({ name, values }) => [name, values])) as Pick<Settings, Name>;
}
