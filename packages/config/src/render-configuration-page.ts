import { descriptionsOf, type SettingDescription } from './declare/setting-description.js';
import { SECTIONS } from './sections/catalog.js';

const INTRODUCTION = `# Configuration

<!-- Generated from the declarations in packages/config/src/sections. Edit those, then \`pnpm generate\`. -->

Settings are environment variables. All are optional; an empty one counts as unset. A process that finds wrong ones
names them all and does not start. A secret can also come from a file: set the variable's name with \`_FILE\` after it to
the file's path, as Docker and Kubernetes mount them (\`OPENAI_API_KEY_FILE=/run/secrets/openai_api_key\`).
`;

/** The text of `docs/configuration.md`. */
export function renderConfigurationPage(): string {
  const sections = Object.values(SECTIONS).map(({ title, about, type }) => {
    const defaults: object = new type();
    const rows = descriptionsOf(type.prototype).map((description) => rowOf(description, defaults));
    const table = ['| variable | default | value | what it decides |', '| --- | --- | --- | --- |', ...rows].join('\n');
    return `## ${title}\n\n${about}\n\n${table}\n`;
  });
  return [INTRODUCTION, ...sections].join('\n');
}

function rowOf(description: SettingDescription, defaults: object): string {
  const unit = description.unit === undefined ? '' : ` (${description.unit})`;
  const cells = [
    `\`${description.variable}\``,
    defaultOf(description, defaults),
    `${description.secret ? 'secret: ' : ''}${description.expected}${unit}`,
    description.about,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function defaultOf(description: SettingDescription, defaults: object): string {
  if (description.defaultText !== undefined) return description.defaultText;
  const value: unknown = Reflect.get(defaults, description.property);
  return value === undefined ? 'none' : `\`${value}\``;
}
