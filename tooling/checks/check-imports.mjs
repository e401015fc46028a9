// Import direction and cycles, type imports included. `node tooling/checks/check-imports.mjs [root]`
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cruise } from 'dependency-cruiser';
import { importRules } from './import-rules.mjs';
import { listWorkspaces } from './workspaces.mjs';

const root = resolve(process.argv[2] ?? join(import.meta.dirname, '../..'));
const workspaces = listWorkspaces(root);

const { output } = await cruise(
  ['apps', 'packages', 'tooling'].filter((folder) => existsSync(join(root, folder))),
  {
    baseDir: root,
    validate: true,
    ruleSet: { forbidden: importRules(workspaces) },
    tsPreCompilationDeps: true,
    doNotFollow: { path: '(^|/)(node_modules|dist)/' },
    exclude: { path: '^(apps|packages)/[^/]+/(dist|coverage)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['troupe-source', 'types', 'import', 'node', 'default'],
    },
  },
);

const { violations, ruleSetUsed, totalCruised, totalDependenciesCruised } = output.summary;
const reasons = new Map(ruleSetUsed.forbidden.map((rule) => [rule.name, rule.comment]));
for (const { rule, from, to, cycle } of violations) {
  const path = cycle?.map((step) => step.name).join(' -> ') ?? to;
  console.log(`${from} -> ${path}\n  ${rule.name}: ${reasons.get(rule.name)}`);
}
console.log(`${violations.length} broken in ${totalDependenciesCruised} imports of ${totalCruised} modules`);
process.exitCode = violations.length > 0 ? 1 : 0;
