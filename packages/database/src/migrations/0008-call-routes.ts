import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a request asked of its run beside the message, why a step asked the model that it asked, and shares of tenants. */
export class CallRoutes1700000000008 implements MigrationInterface {
  readonly name = 'CallRoutes1700000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE runs ADD COLUMN options jsonb NOT NULL DEFAULT '{}';
      ALTER TABLE run_steps ADD COLUMN route jsonb;
      ALTER TABLE tenants ADD COLUMN weight real NOT NULL DEFAULT 1 CONSTRAINT tenants_weight CHECK (weight > 0);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE tenants DROP COLUMN weight;
      ALTER TABLE run_steps DROP COLUMN route;
      ALTER TABLE runs DROP COLUMN options;
    `);
  }
}
