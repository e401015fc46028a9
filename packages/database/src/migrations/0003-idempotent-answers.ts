import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Answers that are given again for the same Idempotency-Key. Keys of runs have a table of their own, whose rows name the run
 * in place of an answer. Bodies are text: they must come back as they were, in the order of their fields. A row without a
 * status is a reservation: its request is under way while the lease holds, and nobody knows what became of it after.
 */
export class IdempotentAnswers1700000000003 implements MigrationInterface {
  readonly name = 'IdempotentAnswers1700000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotent_answers (
        tenant_id uuid NOT NULL,
        endpoint text NOT NULL,
        key text NOT NULL,
        request_hash text NOT NULL,
        status integer,
        location text,
        body text,
        lease_until timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, endpoint, key),
        CONSTRAINT idempotent_answers_state CHECK ((status IS NULL) = (lease_until IS NOT NULL))
      );
      CREATE INDEX idempotent_answers_age ON idempotent_answers (created_at);
      CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX idempotency_keys_age; DROP TABLE idempotent_answers;');
  }
}
