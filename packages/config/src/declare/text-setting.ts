import { Matches } from 'class-validator';
import { declareSetting } from './declare-setting.js';
import type { SettingOptions } from './setting-description.js';

/** Text that `pattern` matches; `expected` says in words what the pattern means. */
export function TextSetting(
  options: SettingOptions & { pattern: RegExp; expected: string; example: string },
): PropertyDecorator {
  return declareSetting(options, {
    expected: options.expected,
    example: options.example,
    rules: [Matches(options.pattern)],
  });
}
