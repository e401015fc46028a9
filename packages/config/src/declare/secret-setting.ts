import { Matches, MinLength } from 'class-validator';
import { declareSetting } from './declare-setting.js';
import type { SettingOptions } from './setting-description.js';

/** Visible ASCII only: a key travels in an HTTP header, where anything else fails in ways that are hard to see. */
const HEADER_SAFE = /^[\x21-\x7e]+$/;

/** A key. Its value is never printed and may come from the file that `<variable>_FILE` names. */
export function SecretSetting(options: SettingOptions & { example: string; minLength?: number }): PropertyDecorator {
  const minLength = options.minLength ?? 1;
  const length = minLength > 1 ? `at least ${minLength} letters, digits or signs` : 'letters, digits or signs';
  return declareSetting(options, {
    expected: `${length}, without spaces`,
    example: options.example,
    secret: true,
    rules: [Matches(HEADER_SAFE), MinLength(minLength)],
  });
}
