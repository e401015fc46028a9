export { firstApiKey } from './auth/first-api-key.js';
export { startGateway } from './start-gateway.js';
