import type { LimitSource, SourcedLimitRule } from '@troupe/contracts';
import { type LimitsReading, parseLimitsText } from './limits/parse-limits-text.js';
import { readLimitsFile } from './limits/read-limits-file.js';
import type { LimitsSettings } from './sections/limits.settings.js';
import { type SettingProblem, SettingsError } from './settings-error.js';

/**
 * The limits of the file and of the environment.
 * @throws SettingsError that names everything that is wrong in either.
 */
export function configuredLimits({ text = '', file }: LimitsSettings): SourcedLimitRule[] {
  const ofFile = file === undefined ? { rules: [], problems: [] } : readLimitsFile(file);
  const ofText = parseLimitsText(text);
  const problems = [
    ...problemsOf(ofFile, { variable: 'TROUPE_LIMITS_FILE', given: String(file), example: FILE_EXAMPLE }),
    ...problemsOf(ofText, { variable: 'LIMITS', given: 'not usable', example: TEXT_EXAMPLE }),
  ];
  if (problems.length > 0) throw new SettingsError(problems);
  return [...withSource(ofFile, 'file'), ...withSource(ofText, 'environment')];
}

const TEXT_EXAMPLE = 'LIMITS=openai/gpt-4o: rpm=500 tpm=30000; anthropic/*: rpm=50 input_tpm=40000';
const FILE_EXAMPLE = 'limits: [{ provider: openai, model: "gpt-4o*", rpm: 500, tpm: 30000 }]';

function problemsOf(
  { problems }: LimitsReading,
  { variable, given, example }: { variable: string; given: string; example: string },
): SettingProblem[] {
  if (problems.length === 0) return [];
  const lines = problems.map((problem) => `\n    ${problem}`).join('');
  const expected = 'provider, model and at least one number, a whole one';
  return [{ variable, given: `${given}${lines}`, expected, example }];
}

function withSource({ rules }: LimitsReading, source: LimitSource): SourcedLimitRule[] {
  return rules.map((rule) => ({ ...rule, source }));
}
