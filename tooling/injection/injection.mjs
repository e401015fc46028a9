// `pnpm bench:injection <folder>`: what the injection guardrail finds in public sets, and what it finds in harmless texts.
// docs/guardrails.md says where the sets come from.
import { importTypeScript } from '../jest/import-typescript.mjs';
import '../checks/import-typescript.mjs';

const { runInjectionBench } = await importTypeScript(new URL('./run-injection-bench.ts', import.meta.url));
process.exitCode = await runInjectionBench(process.argv.slice(2));
