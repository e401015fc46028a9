import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Process ids by name, from the `<name>.pid` files of a folder. */
export function readPids(folder: string): Record<string, number> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.pid'));
  return Object.fromEntries(
    files.sort().flatMap((file) => {
      const pid = readPid(join(folder, file));
      return pid === undefined ? [] : [[basename(file, '.pid'), pid]];
    }),
  );
}

/** Undefined when the process has ended, and its file with it, since the folder was listed. */
function readPid(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
