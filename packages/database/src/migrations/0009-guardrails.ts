import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Messages that guardrails changed or withheld say which one did; what it took out is not kept. A call carries the guardrails
 * of its result, as they were when the call was made: who runs it knows no agents.
 */
export class Guardrails1700000000009 implements MigrationInterface {
  readonly name = 'Guardrails1700000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE messages ADD COLUMN withheld jsonb;
      ALTER TABLE tool_calls ADD COLUMN guardrails jsonb;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE tool_calls DROP COLUMN guardrails;
      ALTER TABLE messages DROP COLUMN withheld;
    `);
  }
}
