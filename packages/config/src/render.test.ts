import { parseEnv } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { descriptionsOf } from './declare/setting-description.js';
import { loadSettings } from './load-settings.js';
import { renderConfigurationPage } from './render-configuration-page.js';
import { renderEnvExample } from './render-env-example.js';
import { SECTIONS } from './sections/catalog.js';

const variables = Object.values(SECTIONS).flatMap(({ type }) =>
  descriptionsOf(type.prototype).map((description) => description.variable),
);

describe('renderConfigurationPage', () => {
  it('has one row a variable, with default and unit', () => {
    const page = renderConfigurationPage();
    for (const variable of variables) expect(page.split(`| \`${variable}\` |`)).toHaveLength(2);
    expect(page).toContain('| `RUN_LEASE_SECONDS` | `15` | a whole number from 2 to 300 (seconds) |');
    expect(page).toContain('| `LOG_FORMAT` | pretty on a terminal, else json | one of pretty, json |');
  });
});

describe('renderEnvExample', () => {
  it('sets nothing as it is', () => {
    expect(parseEnv(renderEnvExample())).toEqual({});
  });

  it('needs no quotes, which shells and Docker read differently', () => {
    for (const line of renderEnvExample().match(/^#[A-Z_]+=.*$/gm) ?? []) expect(line).not.toMatch(/[\s'"$]/);
  });

  it('holds every variable, and its defaults are the defaults', () => {
    const environment = parseEnv(renderEnvExample().replaceAll(/^#([A-Z_]+=)/gm, '$1'));
    expect(Object.keys(environment).sort()).toEqual([...variables].sort());
    const sections = ['workers', 'runs', 'backpressure'] as const;
    expect(loadSettings(sections, environment)).toEqual(loadSettings(sections, {}));
  });
});
