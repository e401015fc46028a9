import { describeSetting, type SettingDescription, type SettingOptions } from './setting-description.js';

/** What a kind of setting adds to the options that all kinds share. */
export interface SettingKind {
  expected: string;
  example: string;
  secret?: boolean;
  parse?: SettingDescription['parse'];
  /** Decorators of class-validator that a value must satisfy. */
  rules: PropertyDecorator[];
}

/** One decorator that documents a field and validates it, so that the two cannot drift apart. */
export function declareSetting(options: SettingOptions, kind: SettingKind): PropertyDecorator {
  return (prototype, property) => {
    for (const rule of kind.rules) rule(prototype, property);
    describeSetting(prototype, {
      property: String(property),
      variable: options.variable,
      about: options.about,
      expected: kind.expected,
      example: options.example ?? kind.example,
      unit: options.unit,
      defaultText: options.defaultText,
      secret: kind.secret ?? false,
      parse: kind.parse ?? ((text) => text),
    });
  };
}
