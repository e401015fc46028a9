import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Agents that hand over and agents that call agents. A run that a call of another run has made stands on a thread of its
 * own, which goes with the run that called; events have no foreign key, so a deleted thread takes those of its subruns by
 * hand. The partial indexes hold only what is under way.
 */
export class HandoffsAndSubruns1700000000011 implements MigrationInterface {
  readonly name = 'HandoffsAndSubruns1700000000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE runs
        ADD COLUMN parent_run_id uuid,
        ADD COLUMN parent_tool_call_id uuid,
        ADD COLUMN depth integer NOT NULL DEFAULT 0;
      CREATE INDEX runs_under_parent ON runs (parent_run_id) WHERE parent_run_id IS NOT NULL;
      CREATE INDEX runs_open_subruns ON runs (parent_run_id) WHERE parent_run_id IS NOT NULL AND finished_at IS NULL;

      ALTER TABLE threads
        ADD COLUMN handoffs jsonb NOT NULL DEFAULT '{}',
        ADD COLUMN parent_run_id uuid CONSTRAINT threads_parent_run REFERENCES runs (id) ON DELETE CASCADE;
      CREATE INDEX threads_under_parent ON threads (parent_run_id) WHERE parent_run_id IS NOT NULL;

      ALTER TABLE tool_calls ADD COLUMN delegate jsonb, ADD COLUMN subrun_id uuid;
      CREATE INDEX tool_calls_delegated ON tool_calls (subrun_id) WHERE state = 'dispatched' AND subrun_id IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX tool_calls_delegated;
      ALTER TABLE tool_calls DROP COLUMN subrun_id, DROP COLUMN delegate;
      ALTER TABLE threads DROP COLUMN parent_run_id, DROP COLUMN handoffs;
      ALTER TABLE runs DROP COLUMN depth, DROP COLUMN parent_tool_call_id, DROP COLUMN parent_run_id;
    `);
  }
}
