import { descriptionsOf, type SettingDescription } from './declare/setting-description.js';
import { SECTIONS } from './sections/catalog.js';

const INTRODUCTION = `# Generated from the declarations in packages/config/src/sections. docs/configuration.md has the same with more words.
# Every line is optional. Copy this file, take the # away from what you set, and give it to the process, for example:
#   docker run --env-file .env ...    or    set -a; . ./.env; set +a; npm start
`;

/** The text of `.env.example`: every variable, commented out, with its default or an example. */
export function renderEnvExample(): string {
  const sections = Object.values(SECTIONS).map(({ title, about, type }) => {
    const defaults: object = new type();
    const entries = descriptionsOf(type.prototype).map((description) => entryOf(description, defaults));
    return `# --- ${title}: ${about}\n\n${entries.join('\n\n')}\n`;
  });
  return [INTRODUCTION, ...sections].join('\n');
}

function entryOf(description: SettingDescription, defaults: object): string {
  const unit = description.unit === undefined ? '' : ` Unit: ${description.unit}.`;
  const fallback = description.defaultText === undefined ? '' : ` Default: ${description.defaultText}.`;
  const value: unknown = Reflect.get(defaults, description.property) ?? description.example;
  return `# ${description.about}${unit}${fallback}\n#${description.variable}=${value}`;
}
