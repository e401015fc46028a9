import { validateSync } from 'class-validator';
import { descriptionsOf, type SettingDescription } from './declare/setting-description.js';
import { type Environment, readVariable } from './read-variable.js';
import type { SettingProblem } from './settings-error.js';

/** The values of one section and what is wrong with them. */
export interface SectionReading {
  values: object;
  problems: SettingProblem[];
}

/** Fills a new instance of a section's class from the environment and validates it. */
export function readSection(type: new () => object, environment: Environment): SectionReading {
  const problems: SettingProblem[] = [];
  const given: Record<string, unknown> = {};
  for (const description of descriptionsOf(type.prototype)) {
    const reading = readVariable(description, environment);
    if ('problem' in reading) problems.push(reading.problem);
    else if (reading.text !== undefined) given[description.property] = description.parse(reading.text);
  }

  const section = Object.assign(new type(), given);
  const wrong = new Set(validateSync(section, { skipUndefinedProperties: true }).map((error) => error.property));
  for (const description of descriptionsOf(type.prototype)) {
    if (wrong.has(description.property)) problems.push(problemOf(description, environment));
  }
  return { values: { ...section }, problems };
}

function problemOf(description: SettingDescription, environment: Environment): SettingProblem {
  const { variable, expected, example, secret } = description;
  const given = secret ? 'not usable (the value is a secret and not shown)' : JSON.stringify(environment[variable]);
  return { variable, given, expected, example: `${variable}=${example}` };
}
