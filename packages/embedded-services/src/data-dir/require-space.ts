import { statfs } from 'node:fs/promises';
import { EmbeddedServiceError } from '../embedded-service-error.js';

const MEBIBYTE = 1024 * 1024;
/** A new cluster takes 60 MiB, its first log files 32; the package lists that Redis is fetched with about 50. */
const NEEDED_MEBIBYTES = 150;

/**
 * For a first start: programs that meet a full disk half-way say so in their own words, minutes later, or not at all.
 * @throws EmbeddedServiceError
 */
export async function requireSpace(folder: string, neededMebibytes = NEEDED_MEBIBYTES): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const left = Math.floor((bavail * bsize) / MEBIBYTE);
  if (left >= neededMebibytes) return;
  throw new EmbeddedServiceError(
    `The disk of ${folder} has ${left} MB left, and a first start needs ${neededMebibytes} MB. Make room, or name a folder on ` +
      'another disk in TROUPE_DATA_DIR.',
  );
}
