export interface RedisConfigurationOptions {
  port: number;
  password: string;
  /** The working folder, where the append-only files lie. */
  folder: string;
  pidFile: string;
  /** False for throw-away servers: nothing is written to disk. */
  durable: boolean;
}

/** The text of redis.conf. A file rather than arguments, because anyone may read a command line. */
export function redisConfiguration({ port, password, folder, pidFile, durable }: RedisConfigurationOptions): string {
  return [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir ${quoted(folder)}`,
    `pidfile ${quoted(pidFile)}`,
    'daemonize no',
    // Keeps the path of this file on the command line: by it a leftover process is recognised.
    'set-proc-title no',
    `appendonly ${durable ? 'yes' : 'no'}`,
    'appendfsync everysec',
    'save ""',
    // A queue must refuse a job rather than forget another.
    'maxmemory-policy noeviction',
    '',
  ].join('\n');
}

/** Redis reads C escapes between double quotes (config.c, sdssplitargs). */
function quoted(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
