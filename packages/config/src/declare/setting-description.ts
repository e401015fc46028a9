/** What a declared field says about itself; the reader, the error messages and both generated files use it. */
export interface SettingDescription {
  /** Field of the section's class. */
  property: string;
  /** Name of the environment variable. */
  variable: string;
  /** One sentence: what it decides. */
  about: string;
  /** How a value must look, as the end of the sentence "expected ...". */
  expected: string;
  example: string;
  unit: string | undefined;
  /** Shown where the field has no fixed default, because the default depends on something else. */
  defaultText: string | undefined;
  /** Never printed, and may come from the file that `<variable>_FILE` names. */
  secret: boolean;
  /** Text of the environment to the field's type; what cannot be converted becomes a value that validation refuses. */
  parse: (text: string) => unknown;
}

/** What every kind of setting is declared with; its default is the field's initial value. */
export interface SettingOptions {
  variable: string;
  about: string;
  example?: string;
  unit?: string;
  defaultText?: string;
}

const descriptions = new WeakMap<object, SettingDescription[]>();

/** Remembers a field of the class that `prototype` belongs to, in order of declaration. */
export function describeSetting(prototype: object, description: SettingDescription): void {
  descriptions.set(prototype, [...descriptionsOf(prototype), description]);
}

/** The fields that a section's class declares, in the order of its source. */
export function descriptionsOf(prototype: object): readonly SettingDescription[] {
  return descriptions.get(prototype) ?? [];
}
