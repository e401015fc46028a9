import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { commandEnvironment } from './command-environment.mjs';
import { BootstrapFailure } from './failure.mjs';
import { isMusl, nodePackages, oldestNode, pnpmVersion } from './platform-packages.mjs';
import { stage } from './progress.mjs';
import { runCaptured } from './run-captured.mjs';
import { readStamp, writeStamp } from './stamp.mjs';
import { toolchainFolder } from './workspace.mjs';

const platform = `${process.platform}-${process.arch}`;

/** npm's own pauses between attempts, in milliseconds, would hide a missing network for more than a minute. */
const npmInstall = [
  'install',
  '--no-save',
  '--no-package-lock',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=4000',
];

/** The folder of a Node that is new enough: the running one's, else the fetched one's. Undefined when it must be fetched. */
export function findNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return dirname(process.execPath);
  const wanted = nodePackages[platform];
  if (!wanted || readStamp('node') !== specOf(wanted)) return undefined;
  const folder = binFolderOf(wanted);
  return existsSync(join(folder, nodeFile())) ? folder : undefined;
}

export async function fetchNode() {
  const wanted = nodePackages[platform];
  const needed = `Node ${oldestNode.join('.')} or newer is needed, this is ${process.versions.node}`;
  if (!wanted || isMusl()) {
    const where = isMusl() ? 'musl systems such as Alpine' : platform;
    throw new BootstrapFailure(
      `${needed}, and npm carries none for ${where}. Install it (https://nodejs.org) and start again.`,
    );
  }
  await stage(`fetching Node ${wanted.version} (this one is ${process.versions.node})`, () =>
    installTool('node', specOf(wanted), ['--ignore-scripts']),
  );
  const folder = binFolderOf(wanted);
  if (!existsSync(join(folder, nodeFile())))
    throw new BootstrapFailure(`${needed}; ${specOf(wanted)} did not contain it.`);
  return folder;
}

/** The folder of the pinned pnpm, from PATH or fetched. Undefined when it must be fetched. */
export async function findPnpm(env) {
  const folder = join(toolchainFolder, 'pnpm', 'node_modules', '.bin');
  if (readStamp('pnpm') === pnpmVersion && existsSync(join(folder, 'pnpm'))) return folder;
  const { code, output } = await runCaptured('pnpm', ['--version'], { env, cwd: toolchainFolder });
  const [major, minor] = output.trim().split('.').map(Number);
  const [wantedMajor, wantedMinor] = pnpmVersion.split('.').map(Number);
  return code === 0 && major === wantedMajor && minor >= wantedMinor ? '' : undefined;
}

/** With its install script: that puts the native executable where otherwise a shell script is, which turbo cannot run. */
export async function fetchPnpm() {
  await stage(`fetching pnpm ${pnpmVersion}`, () =>
    installTool('pnpm', `pnpm@${pnpmVersion}`, ['--ignore-scripts=false'], pnpmVersion),
  );
  return join(toolchainFolder, 'pnpm', 'node_modules', '.bin');
}

/**
 * One folder a tool: npm removes from a folder whatever the call does not name, the Node that it runs on included. The
 * folder is the working folder and not a `--prefix`, under which npm would miss the machine's own npmrc (proxies, certificates).
 */
async function installTool(name, spec, options, stamp = spec) {
  const folder = join(toolchainFolder, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  const args = [...npmInstall, ...options];
  const npm = npmCommand();
  const env = commandEnvironment([dirname(process.execPath)]);
  delete env.npm_config_local_prefix;
  const { code, output } = await runCaptured(npm.command, [...npm.args, ...args, spec], {
    env,
    cwd: folder,
    shell: npm.shell,
  });
  if (code !== 0) throw new BootstrapFailure(explainNpmFailure(code, spec, output), output);
  writeStamp(name, stamp);
}

/** The npm that runs us, so that it is found even where PATH has none; else the one on PATH. */
function npmCommand() {
  const running = process.env.npm_execpath;
  if (running && basename(running).startsWith('npm') && existsSync(running)) {
    return { command: process.execPath, args: [running], shell: false };
  }
  return { command: 'npm', args: [], shell: process.platform === 'win32' };
}

function explainNpmFailure(code, spec, output) {
  if (code === 127)
    return `npm was not found; it is needed to fetch ${spec}. Install Node together with npm and start again.`;
  return `npm could not fetch ${spec}. ${explainNetwork(output)}`;
}

/** What to do about the output of a package manager that could not finish. */
export function explainNetwork(output) {
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|dns error|error sending request/i.test(
      output,
    )
  ) {
    return (
      'The package registry cannot be reached. The first start needs it: check the network, a proxy (HTTPS_PROXY) or ' +
      '`npm config get registry`, then start again.'
    );
  }
  if (/ENOSPC/.test(output)) return 'The disk is full: about 1.2 GB are needed.';
  return 'Its output is above; start again when the cause is gone.';
}

function specOf({ name, version }) {
  return `${name}@${version}`;
}

function binFolderOf({ name }) {
  return join(toolchainFolder, 'node', 'node_modules', name, 'bin');
}

function nodeFile() {
  return process.platform === 'win32' ? 'node.exe' : 'node';
}
