import { ValidateBy } from 'class-validator';
import { declareSetting } from './declare-setting.js';
import type { SettingOptions } from './setting-description.js';

/** An absolute URL with one of the given protocols. Set `secret` where the URL holds a password. */
export function UrlSetting(
  options: SettingOptions & { protocols: readonly string[]; example: string; secret?: boolean },
): PropertyDecorator {
  const starts = options.protocols.map((protocol) => `${protocol}//`);
  return declareSetting(options, {
    expected: `a URL that starts with ${starts.join(' or ')}`,
    example: options.example,
    secret: options.secret ?? false,
    rules: [
      ValidateBy({
        name: 'isUrlOf',
        validator: {
          validate: (value) => typeof value === 'string' && isUrlOf(value, options.protocols),
          defaultMessage: () => '$property is no such URL',
        },
      }),
    ],
  });
}

function isUrlOf(text: string, protocols: readonly string[]): boolean {
  return URL.canParse(text) && text.includes('://') && protocols.includes(new URL(text).protocol);
}
