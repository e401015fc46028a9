export interface PostgresSettingsOptions {
  port: number;
  /** False for throw-away servers: nothing is forced to disk. */
  durable: boolean;
}

/** Command line settings for a server that does many small transactions for clients on the same machine. */
export function postgresSettings({ port, durable }: PostgresSettingsOptions): string[] {
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    // A socket's path may be 107 bytes at most, which a data folder deep in a tree exceeds.
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    synchronous_commit: 'on',
    // Compiling a query takes longer than any of ours runs.
    jit: 'off',
    // Data lies on flash or in the page cache: a random read costs what a sequential one does.
    random_page_cost: 1.1,
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off', shared_buffers: '64MB' }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
