import { readFileSync } from 'node:fs';

/** Troupe's version: all packages of a release carry the same. */
export const version: string = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
