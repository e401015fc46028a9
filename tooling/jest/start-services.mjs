import { heldServices } from './held-services.mjs';
import { importTypeScript } from './import-typescript.mjs';

/**
 * One pair of servers a test run, handed to the tests as TEST_DATABASE_URL and TEST_REDIS_URL: those of DATABASE_URL and
 * REDIS_URL, else fresh ones in a temporary folder. A test makes a database or a key prefix of its own in them.
 */
export default async function startServices() {
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = process.env;
  if (heldServices.length > 0) return;
  let services;
  if (!databaseUrl || !redisUrl) {
    const source = new URL('../../packages/embedded-services/src/index.ts', import.meta.url);
    const { startTemporaryServices } = await importTypeScript(source);
    services = await startTemporaryServices({
      postgres: !databaseUrl,
      redis: !redisUrl,
      onProgress: (message) => process.stderr.write(`test services: ${message}\n`),
    });
    heldServices.push(services);
  }
  process.env.TEST_DATABASE_URL = databaseUrl || services.databaseUrl;
  process.env.TEST_REDIS_URL = redisUrl || services.redisUrl;
}
