const script = (name, ...rest) => [`tooling/checks/${name}.mjs`, ...rest];

/**
 * What `pnpm check` runs: a name, what it holds, the program (a file for Node, with its arguments) and what to do when
 * it fails. The slowest comes first, the others fill the time it takes.
 */
export const checks = [
  {
    name: 'types',
    about: 'TypeScript, whole repository',
    command: [
      'node_modules/typescript/bin/tsc',
      ...['-p', 'tsconfig.json', '--noEmit', '--incremental'],
      ...['--tsBuildInfoFile', 'node_modules/.cache/troupe/types.tsbuildinfo'],
    ],
    fix: 'mend the types; see one file again with `pnpm check types`',
  },
  {
    name: 'format',
    about: 'formats and lint',
    command: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--max-diagnostics=30', '.'],
    fix: '`pnpm fix` formats, sorts imports and applies the safe fixes; the rest is yours',
  },
  {
    name: 'imports',
    about: 'import direction and cycles',
    command: script('check-imports'),
    fix: 'move the code or declare a port in packages/spec; the table is tooling/checks/layers.mjs',
  },
  {
    name: 'dead-code',
    about: 'unused files, exports and dependencies',
    command: [
      'node_modules/knip/bin/knip.js',
      '--no-progress',
      '--no-config-hints',
      '--tsConfig',
      'tooling/checks/dead-code.tsconfig.jsonc',
    ],
    fix: 'delete what is listed, or use it; entry points are in knip.jsonc',
  },
  {
    name: 'sources',
    about: 'environment reads and index files',
    command: script('check-sources'),
    fix: 'read the setting in packages/config and pass it as an option; name the exports',
  },
  {
    name: 'workspaces',
    about: 'shape of every package.json',
    command: script('check-workspaces'),
    fix: 'change the package.json as said, then `pnpm install`',
  },
  {
    name: 'generated',
    about: 'generated files are up to date',
    command: script('generate', '--check'),
    fix: '`pnpm generate`',
  },
  {
    name: 'texts',
    about: 'no trace of a machine',
    command: script('check-texts'),
    fix: 'write a relative path, or a public address',
  },
];
