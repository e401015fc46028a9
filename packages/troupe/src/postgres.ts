/** Threads, agents, facts and tasks in Postgres, for `stores`. Needs `pg`, `typeorm` and `reflect-metadata`. */
export { type ConnectPostgresOptions, connectPostgres, type PostgresStores } from './postgres/connect-postgres.js';
