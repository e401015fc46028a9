import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Calls that wait for a person. The run's row counts those that are open, as it counts its calls: whoever lowers a count
 * under the row's lock knows what the run waits for from then on. While it waits for nobody but people, `awaiting_since`
 * says since when, and its deadline stands still.
 */
export class Approvals1700000000010 implements MigrationInterface {
  readonly name = 'Approvals1700000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE approvals (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        run_id uuid NOT NULL CONSTRAINT approvals_run REFERENCES runs (id) ON DELETE CASCADE,
        root_run_id uuid NOT NULL,
        thread_id uuid NOT NULL,
        tool_call_id uuid NOT NULL CONSTRAINT approvals_once UNIQUE
          CONSTRAINT approvals_tool_call REFERENCES tool_calls (id) ON DELETE CASCADE,
        user_id text,
        agent text NOT NULL,
        kind text NOT NULL CONSTRAINT approvals_kind CHECK (kind IN ('tool', 'input')),
        reason text NOT NULL CONSTRAINT approvals_reason CHECK
          (reason IN ('rule', 'tool', 'untrusted', 'hook', 'question')),
        name text NOT NULL,
        arguments jsonb NOT NULL,
        question text,
        response_schema jsonb,
        roles text[] NOT NULL DEFAULT '{}',
        state text NOT NULL DEFAULT 'pending' CONSTRAINT approvals_state CHECK
          (state IN ('pending', 'approved', 'rejected', 'answered', 'expired', 'cancelled')),
        decision jsonb,
        decided_by text,
        decided_at timestamptz,
        expires_at timestamptz NOT NULL,
        on_expiry text NOT NULL CONSTRAINT approvals_on_expiry CHECK (on_expiry IN ('approve', 'reject', 'fail')),
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT approvals_decided CHECK ((state = 'pending') = (decided_at IS NULL))
      );
      CREATE INDEX approvals_tenant_list ON approvals (tenant_id, id);
      CREATE INDEX approvals_inbox ON approvals (tenant_id, id) WHERE state = 'pending';
      CREATE INDEX approvals_due ON approvals (expires_at) WHERE state = 'pending';
      CREATE INDEX approvals_of_run ON approvals (run_id);
      CREATE INDEX approvals_of_root ON approvals (root_run_id);
      CREATE INDEX approvals_sticky ON approvals (thread_id) WHERE decision ? 'sticky';

      ALTER TABLE runs
        ADD COLUMN pending_approvals integer NOT NULL DEFAULT 0,
        ADD COLUMN pending_inputs integer NOT NULL DEFAULT 0,
        ADD COLUMN awaiting_since timestamptz;

      ALTER TABLE tool_calls
        ADD COLUMN edited boolean NOT NULL DEFAULT false,
        DROP CONSTRAINT tool_calls_state,
        ADD CONSTRAINT tool_calls_state CHECK
          (state IN ('awaiting', 'prepared', 'dispatched', 'completed', 'failed', 'unknown', 'cancelled'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE tool_calls SET state = 'cancelled' WHERE state = 'awaiting';
      ALTER TABLE tool_calls
        DROP CONSTRAINT tool_calls_state,
        ADD CONSTRAINT tool_calls_state CHECK
          (state IN ('prepared', 'dispatched', 'completed', 'failed', 'unknown', 'cancelled')),
        DROP COLUMN edited;
      ALTER TABLE runs DROP COLUMN awaiting_since, DROP COLUMN pending_inputs, DROP COLUMN pending_approvals;
      DROP TABLE approvals;
    `);
  }
}
