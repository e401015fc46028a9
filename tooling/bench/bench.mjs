// `pnpm bench`: measures this repository's server against the direct call to its provider. docs/performance.md explains it.
import { importTypeScript } from '../jest/import-typescript.mjs';

const { runBench } = await importTypeScript(new URL('./run-bench.ts', import.meta.url));
process.exitCode = await runBench(process.argv.slice(2));
