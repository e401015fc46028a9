// The reference's worker as a process: says over IPC when it takes runs.
import { importTypeScript } from '../../jest/import-typescript.mjs';

const { startReferenceWorker } = await importTypeScript(new URL('./start-reference-worker.ts', import.meta.url));

const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, PROVIDER_URL: providerUrl } = process.env;
await startReferenceWorker({ databaseUrl, redisUrl, providerUrl });
process.on('disconnect', () => process.exit(0));
process.send({ type: 'ready' });
