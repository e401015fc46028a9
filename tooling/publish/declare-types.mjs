import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Writes the declarations of the first package's entries, and of everything that they mention, to `<output>/<package>/src`.
 * @returns the folder
 */
export async function declareTypes(root, packages, output) {
  const [first] = packages;
  const entries = Object.values(first.manifest.exports).map((entry) => join(first.path, entry['troupe-source']));
  const configuration = join(first.path, 'dist/tsconfig.declarations.json');
  const compilerOptions = {
    rootDir: join(root, 'packages'),
    outDir: output,
    // What is found in a node_modules is somebody else's, and nothing is written for it.
    paths: Object.fromEntries(packages.map(({ name, path }) => [name, [join(path, 'src/index.ts')]])),
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    allowImportingTsExtensions: false,
    // `pnpm check` does, for the whole repository at once.
    noCheck: true,
  };
  await writeFile(
    configuration,
    JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, include: [], files: entries }),
  );
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const child = spawn(process.execPath, [compiler, '-p', configuration], { stdio: 'inherit' });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error('The declarations of types could not be made.');
  return output;
}
