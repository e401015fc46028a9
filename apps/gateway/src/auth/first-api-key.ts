import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateApiKey } from '@troupe/database';

export interface FirstApiKey {
  key: string;
  /** Path of its file; null when the key was given by TROUPE_API_KEY. */
  file: string | null;
}

/** The key of the settings, else the one in `<data folder>/api-key`, which is made at the first start. */
export async function firstApiKey(settings: { apiKey: string | undefined; dataDir: string }): Promise<FirstApiKey> {
  if (settings.apiKey !== undefined) return { key: settings.apiKey, file: null };
  const file = join(settings.dataDir, 'api-key');
  await mkdir(settings.dataDir, { recursive: true });
  try {
    const key = generateApiKey();
    await writeFile(file, `${key}\n`, { mode: 0o600, flag: 'wx' });
    return { key, file };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const key = (await readFile(file, 'utf8')).trim();
  if (key === '') throw new Error(`${file} is empty. Delete it, and the next start makes a new key.`);
  return { key, file };
}
