// No text that goes into the repository names the machine it was written on: its folders, or the host that its
// package registry has there. `node tooling/checks/check-texts.mjs [root]`
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(process.argv[2] ?? join(import.meta.dirname, '../..'));
const largestText = 2_000_000; // bytes; what is larger is data
const publicRegistries = ['registry.npmjs.org', 'registry.yarnpkg.com'];

const needles = [
  { pattern: /(?<![\w.~*-])\/(?:work|root)\//, why: 'a folder of the machine this was written on' },
  { pattern: absolute(`${homedir()}/`), why: 'the home folder of who wrote this' },
  ...registryHosts().map((host) => ({
    pattern: new RegExp(RegExp.escape(host)),
    why: 'the package registry of this machine',
  })),
];

let found = 0;
for (const path of trackedFiles()) {
  const text = readText(join(root, path));
  if (text === undefined) continue;
  for (const [index, line] of text.split('\n').entries()) {
    const needle = needles.find(({ pattern }) => pattern.test(line));
    if (needle === undefined) continue;
    found += 1;
    console.log(`${path}:${index + 1}: ${line.trim().slice(0, 160)}\n  no-machine: this names ${needle.why}.`);
  }
}
process.exitCode = found > 0 ? 1 : 0;

/** Tracked files and those that would be added next. Without git (an unpacked archive) there is nothing to check. */
function trackedFiles() {
  if (!existsSync(join(root, '.git'))) return [];
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 };
  return execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], options)
    .split('\0')
    .filter((path) => path !== '');
}

function readText(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size > largestText) return undefined;
  const bytes = readFileSync(path);
  return bytes.includes(0) ? undefined : bytes.toString('utf8');
}

/** npm and pnpm both know it; a host that is public is no secret of this machine. */
function registryHosts() {
  const configured = [process.env.npm_config_registry, ...['npm', 'pnpm'].map(askForRegistry)];
  const hosts = configured.filter((url) => url && URL.canParse(url)).map((url) => new URL(url).host);
  return [...new Set(hosts)].filter((host) => !publicRegistries.includes(host) && host.includes('.'));
}

function askForRegistry(packageManager) {
  try {
    return execFileSync(packageManager, ['config', 'get', 'registry'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
    }).trim();
  } catch {
    // A package manager that is not installed has no registry to give away.
    return undefined;
  }
}

/** The path as an absolute one: not as the end of a relative path or of an address. */
function absolute(path) {
  return new RegExp(`(?<![\\w.~*-])${RegExp.escape(path)}`);
}
