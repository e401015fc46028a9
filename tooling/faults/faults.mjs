// `pnpm faults`: breaks a running server in every way that is listed and checks its promises. docs/reliability.md explains it.
import { importTypeScript } from '../jest/import-typescript.mjs';

const { runFaults } = await importTypeScript(new URL('./run-faults.ts', import.meta.url));
process.exitCode = await runFaults(process.argv.slice(2));
