import { IsInt, Max, Min } from 'class-validator';
import { declareSetting } from './declare-setting.js';
import type { SettingOptions } from './setting-description.js';

/** A whole number from `min` to `max`, both included. */
export function WholeNumberSetting(options: SettingOptions & { min: number; max: number }): PropertyDecorator {
  const { min, max } = options;
  return declareSetting(options, {
    expected: `a whole number from ${min} to ${max}`,
    example: String(min),
    parse: (text) => (/^-?\d+$/.test(text) ? Number(text) : Number.NaN),
    rules: [IsInt(), Min(min), Max(max)],
  });
}
