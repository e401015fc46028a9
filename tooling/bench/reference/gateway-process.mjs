// The reference's gateway as a process: says its address over IPC.
import { importTypeScript } from '../../jest/import-typescript.mjs';

const { startReferenceGateway } = await importTypeScript(new URL('./start-reference-gateway.ts', import.meta.url));

const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = process.env;
const url = await startReferenceGateway({ databaseUrl, redisUrl });
process.on('disconnect', () => process.exit(0));
process.send({ type: 'ready', url });
