import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export async function writePidFile(folder: string, name: string, pid: number): Promise<void> {
  await writeFile(join(folder, `${name}.pid`), `${pid}\n`);
}

export async function removePidFile(folder: string, name: string): Promise<void> {
  await rm(join(folder, `${name}.pid`), { force: true });
}

/** All processes noted in the folder, whether they still run or not. */
export async function readPidFiles(folder: string): Promise<{ name: string; pid: number }[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.pid'));
  const entries = await Promise.all(
    files.map(async (file) => ({
      name: file.slice(0, -'.pid'.length),
      pid: Number.parseInt(await readFile(join(folder, file), 'utf8'), 10),
    })),
  );
  return entries.filter(({ pid }) => pid > 0);
}
