import { readFileSync } from 'node:fs';
import type { SettingDescription } from './declare/setting-description.js';
import type { SettingProblem } from './settings-error.js';

/** Names of variables and their texts, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable's text, undefined when it is unset, or what is wrong with the way it is set. */
export type VariableReading = { text: string | undefined } | { problem: SettingProblem };

/** Reads one variable, a secret also from `<variable>_FILE`. Empty and blank count as unset. */
export function readVariable(
  description: Pick<SettingDescription, 'variable' | 'secret'>,
  environment: Environment,
): VariableReading {
  const text = textOf(environment[description.variable]);
  const fileVariable = `${description.variable}_FILE`;
  const path = description.secret ? textOf(environment[fileVariable]) : undefined;
  if (path === undefined) return { text };

  const example = `${fileVariable}=/run/secrets/${description.variable.toLowerCase()}`;
  if (text !== undefined) {
    const expected = `${description.variable} or ${fileVariable}, not both`;
    return { problem: { variable: description.variable, given: 'set twice', expected, example } };
  }
  try {
    return { text: textOf(readFileSync(path, 'utf8')) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const expected = 'the path of a file that this process may read';
    return { problem: { variable: fileVariable, given: `${JSON.stringify(path)} (${reason})`, expected, example } };
  }
}

function textOf(value: string | undefined): string | undefined {
  const text = value?.trim();
  return text === '' ? undefined : text;
}
