import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Mutant } from './mutant.ts';
import { type JestReport, readTestRun, type TestRun } from './test-run.ts';

/** Left out of the copy: builds, which tests from sources do not read, and what others wrote there. */
const LEFT_OUT = /(^|\/)(\.git|\.toolchain|\.troupe|\.turbo|dist)$/;
/** Tests that hang are given up: longer than the timeouts of a few of them. Milliseconds. */
const PATIENCE_MS = 300_000;

/** A test by its file and its title or the end of it. */
type NamedTest = Pick<Mutant, 'suite' | 'test'>;

/** A copy of the repository, where sources can be changed without harm. */
export class Workplace implements AsyncDisposable {
  readonly folder: string;
  readonly root: string;

  private constructor(folder: string, root: string) {
    this.folder = folder;
    this.root = root;
  }

  static async open(root: string): Promise<Workplace> {
    const folder = await mkdtemp(join(tmpdir(), 'troupe-mutants-'));
    const modules = join(root, 'node_modules');
    await cp(root, folder, {
      recursive: true,
      // Links between packages stay as they are, so that the copy's packages find each other in the copy.
      verbatimSymlinks: true,
      filter: (path) => path !== modules && !LEFT_OUT.test(relative(root, path)),
    });
    await symlink(modules, join(folder, 'node_modules'));
    return new Workplace(folder, root);
  }

  /** Runs the mutant's test on the mutated source, and puts the source back. */
  async try(mutant: Mutant): Promise<TestRun> {
    const path = join(this.folder, mutant.file);
    const source = await readFile(path, 'utf8');
    await writeFile(
      path,
      source.replace(mutant.from, () => mutant.to),
    );
    try {
      return await this.runTests([mutant]);
    } finally {
      await writeFile(path, source);
    }
  }

  /** Runs these tests on the sources as they are. */
  async runTests(tests: readonly NamedTest[]): Promise<TestRun> {
    const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
    const jest = join(this.root, 'node_modules/jest/bin/jest.js');
    const suites = new Set(tests.map(({ suite }) => suite));
    const titles = new Set(tests.map(({ test }) => `${test.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`));
    const reportPath = join(this.folder, 'jest-report.json');
    await rm(reportPath, { force: true });
    const options = ['--selectProjects', 'unit', 'services', '--silent', '--forceExit', '--runInBand'];
    const run = spawn(
      process.execPath,
      [...flags, jest, ...suites, ...options, '--json', `--outputFile=${reportPath}`, '-t', [...titles].join('|')],
      { cwd: this.folder, stdio: ['ignore', 'ignore', 'pipe'], timeout: PATIENCE_MS, killSignal: 'SIGKILL' },
    );
    const output = await text(run.stderr);
    return readTestRun(await readReport(reportPath), output);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}

async function readReport(path: string): Promise<JestReport | undefined> {
  const json = await readFile(path, 'utf8').catch(() => undefined);
  return json === undefined ? undefined : JSON.parse(json);
}
