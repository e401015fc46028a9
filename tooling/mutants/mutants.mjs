// `pnpm mutants [name…]`: takes each protection away in turn and shows that a test notices. docs/reliability.md has the table.
import { importTypeScript } from '../jest/import-typescript.mjs';
import startServices from '../jest/start-services.mjs';
import stopServices from '../jest/stop-services.mjs';

const { runMutants } = await importTypeScript(new URL('./run-mutants.ts', import.meta.url));
// One pair of servers for all: every run of the tests finds them here.
await startServices();
process.env.DATABASE_URL = process.env.TEST_DATABASE_URL;
process.env.REDIS_URL = process.env.TEST_REDIS_URL;
try {
  process.exitCode = await runMutants(process.argv.slice(2));
} finally {
  await stopServices();
}
