import { readFile } from 'node:fs/promises';

/** The last lines that a service wrote, for an error message. */
export async function logTail(path: string, lines = 8): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
