import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What lets a run rest, be found and be billed in full: a pause by hand, lists of a tenant's runs, and the attempts whose
 * worker died in the middle of a paid call. The list of ended runs is small beside that of all, and is asked for most.
 */
export class PauseAndReplay1700000000002 implements MigrationInterface {
  readonly name = 'PauseAndReplay1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE runs
        ADD COLUMN paused_at timestamptz,
        ADD COLUMN lost_attempts integer[] NOT NULL DEFAULT '{}';
      CREATE INDEX runs_tenant_order ON runs (tenant_id, id);
      CREATE INDEX runs_dead_letters ON runs (tenant_id, id) WHERE status IN ('failed', 'cancelled', 'expired');

      ALTER TABLE follow_up_tasks
        ADD COLUMN lost_attempts integer[] NOT NULL DEFAULT '{}',
        ADD COLUMN hand_backs integer NOT NULL DEFAULT 0;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE follow_up_tasks DROP COLUMN hand_backs, DROP COLUMN lost_attempts;
      DROP INDEX runs_dead_letters, runs_tenant_order;
      ALTER TABLE runs DROP COLUMN lost_attempts, DROP COLUMN paused_at;
    `);
  }
}
