import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Answers of models in the dialect of OpenAI's Responses, which later requests refer to: those of agents are runs. Both
 * columns of JSON are text: they must come back as they were. What a response goes on from may be gone before it.
 */
export class Responses1700000000015 implements MigrationInterface {
  readonly name = 'Responses1700000000015';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE responses (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        previous_id uuid,
        input text NOT NULL,
        response text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, id)
      );
      CREATE INDEX responses_age ON responses (created_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE responses;');
  }
}
