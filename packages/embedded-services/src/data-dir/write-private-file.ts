import { rename, writeFile } from 'node:fs/promises';

/** Replaces a file at once, readable by its owner only: a crash leaves the old or the new content, never a part. */
export async function writePrivateFile(path: string, content: string): Promise<void> {
  const temporary = `${path}.${process.pid}.new`;
  await writeFile(temporary, content, { mode: 0o600 });
  await rename(temporary, path);
}
