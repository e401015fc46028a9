import './import-typescript.mjs';

/** The page and the example of an environment, from the declarations of the settings. */
export const configurationFiles = {
  name: 'the settings of packages/config',
  async generate({ read }) {
    if (read('packages/config/src/index.ts') === undefined) return [];
    const { renderConfigurationPage, renderEnvExample } = await import('../../packages/config/src/index.ts');
    return [
      { path: 'docs/configuration.md', text: renderConfigurationPage() },
      { path: '.env.example', text: renderEnvExample() },
    ];
  },
};
