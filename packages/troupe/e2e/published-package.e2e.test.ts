import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import ts from 'typescript';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const packageFolder = join(root, 'packages/troupe/dist/npm');

interface Manifest {
  exports: Record<string, { types: string; default: string }>;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional: boolean }>;
}

let manifest: Manifest;
let packed: { filename: string; files: { path: string }[]; unpackedSize: number };
/** A folder with nothing but the package and what its package.json names. */
let project: string;

beforeAll(async () => {
  await run(process.execPath, [join(root, 'tooling/publish/build-package.mjs')], { cwd: root });
  manifest = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as Manifest;
  project = await mkdtemp(join(await realpath(tmpdir()), 'troupe-package-'));
  const pack = await run('npm', ['pack', '--json', '--pack-destination', project], { cwd: packageFolder });
  [packed] = JSON.parse(pack.stdout) as [typeof packed];
  await install(packed.filename);
}, 300_000);

afterAll(() => rm(project, { recursive: true, force: true }));

/** As `npm install` does it, with modules that are on this machine already. */
async function install(tarball: string): Promise<void> {
  await run('tar', ['-xzf', tarball], { cwd: project });
  const modules = join(project, 'node_modules');
  await cp(join(project, 'package'), join(modules, 'troupe'), { recursive: true });
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'app', type: 'module' }));
  for (const name of ['@types/node', ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })]) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(await installed(name), join(modules, name));
  }
}

/** Where this repository has a module that one of the packages inside of the library needs. */
async function installed(name: string): Promise<string> {
  const owners = [
    '',
    'packages/agent',
    'packages/contracts',
    'packages/database',
    'packages/providers',
    'packages/queues',
  ];
  for (const owner of [...owners, 'packages/troupe']) {
    const path = await realpath(join(root, owner, 'node_modules', name)).catch(() => undefined);
    if (path) return path;
  }
  throw new Error(`${name} is not installed.`);
}

const specifiers = () => Object.keys(manifest.exports).map((path) => path.replace(/^\./, 'troupe'));

/** The packages of others that a program loads; of SDKs, which parts. */
async function loadedBy(statements: string): Promise<string[]> {
  const program = `
    import { registerHooks } from 'node:module';
    const loaded = new Set();
    registerHooks({
      load(url, context, next) {
        const [, path] = /node_modules\\/((?:@[^/]+\\/)?[^/]+(?:\\/[^/]+)?)(?!.*node_modules)/.exec(url) ?? [];
        if (path) loaded.add(path);
        return next(url, context);
      },
    });
    ${statements}
    console.log(JSON.stringify([...loaded]));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: project });
  const names = (JSON.parse(stdout) as string[]).map((path) => {
    const [, name, part = ''] = /^((?:@[^/]+\/)?[^/]+)(?:\/([^/.]+))?/.exec(path) ?? [];
    return /^(openai|@anthropic-ai\/sdk)$/.test(name ?? '') ? `${name}/${part}` : `${name}`;
  });
  return [...new Set(names)].sort();
}

describe('the published package', () => {
  test('is as package managers, runtimes and bundlers want it', async () => {
    const { messages } = await publint({ pkgDir: packageFolder, strict: true });
    expect(messages.map((message) => formatMessage(message, manifest))).toEqual([]);
  });

  test('holds code, types, licence and README, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths.filter((path) => !/^(dist|types)\//.test(path)).toSorted()).toEqual([
      'LICENSE',
      'README.md',
      'package.json',
    ]);
    expect(paths.filter((path) => path.startsWith('dist/') && !path.endsWith('.js'))).toEqual([]);
    expect(paths.filter((path) => path.startsWith('types/') && !path.endsWith('.d.ts'))).toEqual([]);
    expect(paths.filter((path) => /\.test[.-]|\/testing\//.test(path))).toEqual([]);
    for (const { types, default: code } of Object.values(manifest.exports)) {
      expect(paths).toEqual(expect.arrayContaining([types.slice(2), code.slice(2)]));
    }
    expect(packed.unpackedSize).toBeLessThan(3_000_000);
  });

  test('names no package that is not published', async () => {
    const { stdout } = await run(
      'grep',
      ['-rlE', String.raw`(from|import) *\(?["']@troupe/`, 'package/dist', 'package/types'],
      {
        cwd: project,
      },
    ).catch((nothing: { stdout: string }) => nothing);
    expect(stdout).toBe('');
    expect(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })).not.toContainEqual(
      expect.stringMatching(/^@troupe|nestjs/),
    );
    const optional = Object.keys(manifest.peerDependenciesMeta).toSorted();
    expect(optional).toEqual(['bullmq', 'pg', 'reflect-metadata', 'typeorm']);
  });

  test('every entry can be imported, and an agent of it answers', async () => {
    const program = `
      for (const specifier of ${JSON.stringify(specifiers())}) await import(specifier);
      const { Agent, tool } = await import('troupe');
      const { z } = await import('zod');
      const double = tool({ name: 'double', description: 'Doubles.', parameters: z.object({ n: z.number() }), execute: ({ n }) => 2 * n });
      const agent = new Agent({ role: 'You help.', provider: 'demo', tools: [double, 'calculate'] });
      console.log(await agent.chat('What is 25 * 4?'));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: project });
    expect(stdout).toContain('100');
  });

  test('every entry has the same classes: an error of one is an error of the other', async () => {
    const program = `
      const { TroupeError, registerFormatter } = await import('troupe');
      const { connectPostgres } = await import('troupe/postgres');
      const kit = await import('troupe/provider-kit');
      const error = await connectPostgres({ connectionString: 'postgres://nobody@127.0.0.1:1/none' }).catch((e) => e);
      console.log(error instanceof TroupeError, error.name, kit.registerFormatter === registerFormatter);`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: project });
    expect(stdout).toBe('true TroupeError true\n');
  });

  test('the main entry loads what every agent needs, and no SDK, HTTP client, ORM, queue or parser of files', async () => {
    expect(await loadedBy("await import('troupe')")).toEqual([
      // One function, which works on plain schemas, and what it needs.
      '@anthropic-ai/sdk/core',
      '@anthropic-ai/sdk/internal',
      '@anthropic-ai/sdk/lib',
      'ajv',
      'ajv-formats',
      'fast-deep-equal',
      'fast-uri',
      'json-schema-traverse',
      're2js',
      'troupe',
      'uuid',
      'zod',
    ]);
  });

  test('a vendor’s SDK is loaded with the first call of one of its models, or where a server asks for it', async () => {
    const agent = "const { Agent } = await import('troupe'); const options = { provider: 'openai', apiKey: 'k' };";
    const made =
      "const agent = new Agent({ role: 'You help.', ...options, baseUrl: 'http://127.0.0.1:1', retries: 0 });";
    expect(await loadedBy(`${agent} ${made}`)).not.toContainEqual(expect.stringMatching(/^openai|^undici/));
    const called = await loadedBy(`${agent} ${made} await agent.chat('Hi').catch(() => undefined);`);
    expect(called).toEqual(expect.arrayContaining(['openai/client', 'undici']));
    const catalog = "const models = (await import('troupe')).createModelCatalog({ anthropic: { apiKeys: ['k'] } });";
    expect(await loadedBy(`${catalog} models.resolve('anthropic/any')`)).not.toContain('undici');
    const served = await loadedBy(`${catalog} await models.load()`);
    expect(served).toEqual(expect.arrayContaining(['@anthropic-ai/sdk/client', 'undici']));
    expect(served).not.toContain('openai/client');
  });

  test.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('its types are sound with module %s and moduleResolution %s', async (module, moduleResolution) => {
    const program = `
      import { Agent, AgentRunner, InMemoryThreadStore, type ThreadStore, tool } from 'troupe';
      import { connectPostgres } from 'troupe/postgres';
      import { BullJobBackend } from 'troupe/bullmq';
      import 'troupe/provider-kit';
      import { z } from 'zod';
      const double = tool({ name: 'double', description: 'Doubles.', parameters: z.object({ n: z.number() }), execute: ({ n }) => 2 * n });
      const agent = new Agent({ role: 'You help.', provider: 'demo', tools: [double] });
      export const text: string = await agent.chat('Hi');
      export const { n } = await agent.object('Hi', { schema: z.object({ n: z.number() }) });
      export const sum: number = n;
      const threads: ThreadStore = (await connectPostgres({ connectionString: text })).threads;
      export const runners = [threads, new InMemoryThreadStore()].map((store) => AgentRunner.length + Number(store === threads));
      export const backend = new BullJobBackend({ url: text });
      // @ts-expect-error There is no such option.
      new Agent({ role: 'You help.', provider: 'demo', colour: 'red' });
      // @ts-expect-error An answer is no number.
      export const wrong: number = await agent.chat('Hi');`;
    await writeFile(join(project, 'app.ts'), program);
    const compilerOptions = {
      module,
      moduleResolution,
      target: 'es2023',
      strict: true,
      noEmit: true,
      types: ['node'],
      // BullMQ's own declarations need it; ours do not.
      skipLibCheck: true,
    };
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }));
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const compiled = await run(process.execPath, [compiler, '-p', 'tsconfig.json'], { cwd: project }).catch(
      (failed: { stdout: string }) => failed,
    );
    expect(compiled.stdout).toBe('');
  });

  test('an editor tells of every public name what it is', async () => {
    const undocumented: string[] = [];
    let names = 0;
    const files = Object.values(manifest.exports).map(({ types }) => join(project, 'node_modules/troupe', types));
    const options = { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2023, skipLibCheck: true, noLib: true };
    const program = ts.createProgram(files, options);
    const checker = program.getTypeChecker();
    for (const file of files) {
      const source = program.getSourceFile(file);
      const entry = source && checker.getSymbolAtLocation(source);
      for (const name of entry ? checker.getExportsOfModule(entry) : []) {
        names += 1;
        const meant = name.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(name) : name;
        if (meant.getDocumentationComment(checker).length === 0) undocumented.push(name.name);
      }
    }
    expect(undocumented).toEqual([]);
    expect(names).toBeGreaterThan(200);
  });

  test('its own declarations are checked, too', async () => {
    await writeFile(join(project, 'main.ts'), "export * from 'troupe';\nexport * from 'troupe/postgres';\n");
    const compilerOptions = { module: 'nodenext', target: 'es2023', strict: true, noEmit: true, types: ['node'] };
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }));
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = await run(process.execPath, [compiler, '-p', 'tsconfig.json'], { cwd: project }).catch(
      (failed: { stdout: string }) => failed,
    );
    expect(stdout.split('\n').filter((line) => line.includes('troupe/'))).toEqual([]);
  });
});
