import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Mutant } from './mutant.ts';

/** Left out of the copy: builds, which tests from sources do not read, and what others wrote there. */
const LEFT_OUT = /(^|\/)(\.git|\.toolchain|\.troupe|\.turbo|dist)$/;

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

  /** Runs the mutant's tests on the mutated source, and puts the source back. */
  async try({ file, from, to, tests }: Mutant): Promise<{ passed: boolean; output: string }> {
    const path = join(this.folder, file);
    const source = await readFile(path, 'utf8');
    await writeFile(
      path,
      source.replace(from, () => to),
    );
    try {
      return await this.runTests(tests);
    } finally {
      await writeFile(path, source);
    }
  }

  /** Whether all of these tests pass on the sources as they are. */
  async runTests(tests: readonly string[]): Promise<{ passed: boolean; output: string }> {
    const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
    const jest = join(this.root, 'node_modules/jest/bin/jest.js');
    const options = ['--selectProjects', 'unit', 'services', '--silent', '--forceExit', '--runInBand'];
    const run = spawn(process.execPath, [...flags, jest, ...tests, ...options], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise<number | null>((resolve) => run.once('exit', resolve));
    const [code, ...output] = await Promise.all([ended, text(run.stdout), text(run.stderr)]);
    return { passed: code === 0, output: output.join('') };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}
