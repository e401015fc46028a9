import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What providers allow, as it was set by API. The accounts belong to the installation, so the rows have no tenant. An empty
 * account means each of the provider's keys: a part of the primary key cannot be null.
 */
export class Limits1700000000005 implements MigrationInterface {
  readonly name = 'Limits1700000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE call_limits (
        provider text NOT NULL,
        model text NOT NULL,
        account text NOT NULL DEFAULT '',
        rpm integer,
        tpm integer,
        input_tpm integer,
        output_tpm integer,
        rpd integer,
        max_concurrency integer,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (provider, model, account),
        CONSTRAINT call_limits_numbers CHECK (num_nonnulls(rpm, tpm, input_tpm, output_tpm, rpd, max_concurrency) > 0
          AND least(rpm, tpm, input_tpm, output_tpm, rpd, max_concurrency) > 0)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE call_limits;');
  }
}
