export interface CreateDatabaseOptions {
  port: number;
  superuserPassword: string;
  password: string;
}

/**
 * Creates the role `troupe` and the database of the same name that it owns. It may create databases and roles but is no
 * superuser: row-level security does not hold for those.
 */
export async function createDatabase({ port, superuserPassword, password }: CreateDatabaseOptions): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: superuserPassword,
    database: 'postgres',
  });
  await client.connect();
  try {
    const roles = await client.query("SELECT FROM pg_roles WHERE rolname = 'troupe'");
    const verb = roles.rowCount === 0 ? 'CREATE' : 'ALTER';
    await client.query(`${verb} ROLE troupe LOGIN CREATEDB CREATEROLE PASSWORD '${password}'`);
    const databases = await client.query("SELECT FROM pg_database WHERE datname = 'troupe'");
    if (databases.rowCount === 0) await client.query('CREATE DATABASE troupe OWNER troupe');
  } finally {
    await client.end();
  }
}
