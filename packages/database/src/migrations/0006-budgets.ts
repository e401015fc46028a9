import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What calls cost and may cost. A ledger row says by which prices its cost was made, and which of its attempt's calls it is.
 *
 * A budget's row is updated twice a call: room in its pages keeps that in place. A reservation has no index on its budget,
 * because they are few and only a deletion of the budget looks for them.
 */
export class Budgets1700000000006 implements MigrationInterface {
  readonly name = 'Budgets1700000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE usage_ledger
        ADD COLUMN price_version text,
        ADD COLUMN call integer NOT NULL DEFAULT 1;

      CREATE TABLE budgets (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL CONSTRAINT budgets_tenant REFERENCES tenants (id) ON DELETE CASCADE,
        scope text NOT NULL CONSTRAINT budgets_scope CHECK (scope IN ('tenant', 'user', 'agent', 'key')),
        subject text CONSTRAINT budgets_subject CHECK ((subject IS NULL) = (scope = 'tenant')),
        period text NOT NULL CONSTRAINT budgets_period CHECK (period IN ('hour', 'day', 'week', 'month', 'total')),
        limit_usd numeric NOT NULL CONSTRAINT budgets_limit CHECK (limit_usd >= 0),
        unpriced text NOT NULL DEFAULT 'allow' CONSTRAINT budgets_unpriced CHECK (unpriced IN ('allow', 'refuse')),
        reserved numeric NOT NULL DEFAULT 0,
        spent numeric NOT NULL DEFAULT 0,
        period_start timestamptz NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT budgets_key UNIQUE NULLS NOT DISTINCT (tenant_id, scope, subject, period)
      ) WITH (fillfactor = 50);

      CREATE TABLE budget_reservations (
        call_id uuid NOT NULL,
        budget_id uuid NOT NULL CONSTRAINT budget_reservations_budget REFERENCES budgets (id) ON DELETE CASCADE,
        amount numeric NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (call_id, budget_id)
      );
      CREATE INDEX budget_reservations_expiry ON budget_reservations (expires_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE budget_reservations, budgets;
      ALTER TABLE usage_ledger DROP COLUMN call, DROP COLUMN price_version;
    `);
  }
}
