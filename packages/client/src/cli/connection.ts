import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';

/** Options that every command takes. */
export interface ConnectionOptions {
  url?: string;
  apiKey?: string;
}

/** Which server is meant and what it is told. */
export interface Connection {
  baseUrl: string;
  apiKey: string | undefined;
  /** File in which a server of this folder keeps its key, whether it is there or not. */
  keyFile: string;
}

const DEFAULT_URL = 'http://127.0.0.1:3000';

/** Options come first, then variables, then the key file; that one only for this machine, since it is a secret of its server. */
export function findConnection(options: ConnectionOptions, { environment, workingFolder }: Terminal): Connection {
  const baseUrl = options.url ?? (environment.TROUPE_URL || DEFAULT_URL);
  if (!/^https?:\/\//.test(baseUrl) || !URL.canParse(baseUrl)) {
    throw new UsageError(`"${baseUrl}" is no address of a server. One looks like ${DEFAULT_URL}.`);
  }
  const keyFile = join(resolve(workingFolder, environment.TROUPE_DATA_DIR || '.troupe'), 'api-key');
  const given = options.apiKey ?? (environment.TROUPE_API_KEY || undefined);
  const apiKey = given ?? (isThisMachine(baseUrl) ? readKey(keyFile) : undefined);
  return { baseUrl, apiKey, keyFile };
}

function isThisMachine(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function readKey(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch (error) {
    throw new UsageError(`The API key in ${path} cannot be read (${error}). Give one with --api-key.`);
  }
}
