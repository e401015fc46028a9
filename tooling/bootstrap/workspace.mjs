import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const workspaceRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** Node, pnpm and the stamps of what was done already. Deleting it makes the next start begin anew. */
export const toolchainFolder = join(workspaceRoot, '.toolchain');
