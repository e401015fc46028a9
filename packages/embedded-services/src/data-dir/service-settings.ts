import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writePrivateFile } from './write-private-file.js';

/** What has to stay the same across restarts of the services on one data folder. */
export interface ServiceSettings {
  postgres: {
    port?: number;
    /** Of the superuser `postgres`. */
    superuserPassword: string;
    /** Of `troupe`, the role that owns the database and that the server connects as. */
    password: string;
    databaseCreated: boolean;
    /** Where the cluster lies when the data folder cannot be entered by the user that PostgreSQL runs as. */
    clusterPath?: string;
  };
  redis: { port?: number; password: string };
}

export async function readServiceSettings(path: string): Promise<ServiceSettings> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return {
      postgres: { superuserPassword: randomPassword(), password: randomPassword(), databaseCreated: false },
      redis: { password: randomPassword() },
    };
  }
  return JSON.parse(text) as ServiceSettings;
}

export async function writeServiceSettings(path: string, settings: ServiceSettings): Promise<void> {
  await writePrivateFile(path, `${JSON.stringify(settings, null, 2)}\n`);
}

/** 192 bits in characters that need no escaping in a URL, in SQL or in a Redis configuration file. */
function randomPassword(): string {
  return randomBytes(24).toString('base64url');
}
