// `pnpm bench:limits`: whether shared limits are never passed and nearly all of them is used. docs/performance.md explains it.
import { importTypeScript } from '../../jest/import-typescript.mjs';
import '../../checks/import-typescript.mjs';

const { runLimitsBench } = await importTypeScript(new URL('./run-limits-bench.ts', import.meta.url));
process.exitCode = await runLimitsBench(process.argv.slice(2));
