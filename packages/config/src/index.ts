export { configuredLimits } from './configured-limits.js';
export { environment } from './environment.js';
export { loadSettings } from './load-settings.js';
export { modelCatalogSettings } from './model-catalog-settings.js';
export type { Environment } from './read-variable.js';
export { renderConfigurationPage } from './render-configuration-page.js';
export { renderEnvExample } from './render-env-example.js';
export { requireServers } from './require-servers.js';
export type { SectionName, Settings } from './sections/catalog.js';
