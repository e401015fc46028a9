import { fieldError, invalidRequest } from '../errors/invalid-request.js';

const MAX_ENTRIES = 16;
const MAX_NAME = 64;
const MAX_VALUE = 512;

/** @throws TroupeError `invalid_request` */
export function readBatchMetadata(metadata: Record<string, unknown> | null | undefined): Record<string, string> {
  const entries = Object.entries(metadata ?? {});
  if (entries.length > MAX_ENTRIES) throw wrong(['metadata'], `metadata may have ${MAX_ENTRIES} entries.`);
  const read = entries.map(([name, value]): [string, string] => {
    if (name === '' || name.length > MAX_NAME)
      throw wrong(['metadata'], `metadata names have 1 to ${MAX_NAME} characters.`);
    if (typeof value !== 'string' || value.length > MAX_VALUE) {
      throw wrong(['metadata', name], `metadata.${name} must be a text of up to ${MAX_VALUE} characters.`);
    }
    return [name, value];
  });
  return Object.fromEntries(read);
}

function wrong(path: string[], message: string) {
  return invalidRequest([fieldError(path, message)]);
}
