import { describe, expect, it } from '@jest/globals';
import { descriptionsOf } from '../declare/setting-description.js';
import { loadSettings } from '../load-settings.js';
import { SECTIONS, type SectionName } from './catalog.js';

const sections = Object.keys(SECTIONS) as SectionName[];
const declared = sections.flatMap((section) =>
  descriptionsOf(SECTIONS[section].type.prototype).map((description) => ({ section, ...description })),
);

describe('the sections', () => {
  it('declare every variable once', () => {
    const variables = declared.map((description) => description.variable);
    expect(new Set(variables).size).toBe(variables.length);
    expect(variables.length).toBeGreaterThan(20);
  });

  it.each(declared)(
    '$variable: a full sentence, and a default or words for it',
    ({ section, about, ...description }) => {
      const defaults = new SECTIONS[section].type();
      expect(about).toMatch(/^[A-Z].*\.$/);
      const value: unknown = Reflect.get(defaults, description.property);
      if (description.secret) expect(value).toBeUndefined();
      else expect(value ?? description.defaultText).toBeDefined();
    },
  );

  it.each(declared.filter((description) => !description.secret))(
    '$variable: its example is accepted',
    ({ section, variable, example, property, parse }) => {
      const values = loadSettings([section], { [variable]: example })[section];
      expect(Reflect.get(values, property)).toEqual(parse(example));
    },
  );
});
