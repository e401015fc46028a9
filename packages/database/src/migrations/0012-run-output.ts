import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The validated answer of a run that has an output schema, and what its model wrote before that was not valid: a run whose
 * worker dies between two answers goes on with the correction, and its model is not asked more often than it may be. The
 * requests to models are counted on the row for the same reason: the ledger has no index by run.
 */
export class RunOutput1700000000012 implements MigrationInterface {
  readonly name = 'RunOutput1700000000012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE runs ADD COLUMN output jsonb, ADD COLUMN refused jsonb, ADD COLUMN requests integer NOT NULL DEFAULT 0;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE runs DROP COLUMN requests, DROP COLUMN refused, DROP COLUMN output;`);
  }
}
