export { DataDirInUseError } from './data-dir/data-dir-in-use-error.js';
export { EmbeddedServiceError } from './embedded-service-error.js';
export {
  type EmbeddedServices,
  type EmbeddedServicesOptions,
  startEmbeddedServices,
} from './start-embedded-services.js';
export { startTemporaryServices, type TemporaryServicesOptions } from './start-temporary-services.js';
