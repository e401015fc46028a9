import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { generateApiKey } from '@troupe/database';

export interface FirstApiKey {
  key: string;
  /** Absolute path; absent when the environment gave the key. */
  file?: string;
}

/** The key that may do everything: the configured one, else the one in `<data dir>/api-key`, made once. */
export async function firstApiKey(dataDir: string, configured: string | undefined): Promise<FirstApiKey> {
  if (configured !== undefined) return { key: configured };
  const file = resolve(dataDir, 'api-key');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  try {
    await writeFile(file, `${generateApiKey()}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return { key: (await readFile(file, 'utf8')).trim(), file };
}
