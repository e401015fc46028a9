import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A thread that begins with the words of a run that had read words of strangers says so, and so do all runs on it. Agents that
 * took over and have no policy for untrusted content are held to that of those before them: by their slugs.
 */
export class UntrustedThreads1700000000013 implements MigrationInterface {
  readonly name = 'UntrustedThreads1700000000013';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE threads
        ADD COLUMN untrusted boolean NOT NULL DEFAULT false,
        ADD COLUMN untrusted_policies jsonb NOT NULL DEFAULT '{}';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE threads DROP COLUMN untrusted_policies, DROP COLUMN untrusted');
  }
}
