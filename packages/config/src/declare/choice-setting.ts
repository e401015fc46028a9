import { IsIn } from 'class-validator';
import { declareSetting } from './declare-setting.js';
import type { SettingOptions } from './setting-description.js';

/** One of a few words. */
export function ChoiceSetting(
  options: SettingOptions & { choices: readonly [string, ...string[]] },
): PropertyDecorator {
  return declareSetting(options, {
    expected: `one of ${options.choices.join(', ')}`,
    example: options.choices[0],
    rules: [IsIn(options.choices)],
  });
}
