import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Batches and their requests. A batch is polled by whoever claims it: `due_at` says when next, and while somebody holds it
 * `lease_until` is in the future. `intent_at` and `account` are of the last submission that may have been sent.
 */
export class Batches1700000000007 implements MigrationInterface {
  readonly name = 'Batches1700000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE batches (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL CONSTRAINT batches_tenant REFERENCES tenants (id) ON DELETE CASCADE,
        api_key_id uuid,
        model text NOT NULL,
        status text NOT NULL DEFAULT 'queued' CONSTRAINT batches_status CHECK (status IN
          ('queued', 'submitted', 'in_progress', 'completed', 'failed', 'cancelled', 'expired')),
        metadata jsonb NOT NULL DEFAULT '{}',
        total integer NOT NULL,
        completed integer NOT NULL DEFAULT 0,
        failed integer NOT NULL DEFAULT 0,
        cancelled integer NOT NULL DEFAULT 0,
        expired integer NOT NULL DEFAULT 0,
        told_completed integer NOT NULL DEFAULT 0,
        told_failed integer NOT NULL DEFAULT 0,
        input_tokens bigint NOT NULL DEFAULT 0,
        output_tokens bigint NOT NULL DEFAULT 0,
        cached_input_tokens bigint NOT NULL DEFAULT 0,
        reasoning_tokens bigint NOT NULL DEFAULT 0,
        cost numeric NOT NULL DEFAULT 0,
        unpriced boolean NOT NULL DEFAULT false,
        error jsonb,
        account text,
        intent_at timestamptz,
        provider_batch_id text,
        attempt integer NOT NULL DEFAULT 0,
        failures integer NOT NULL DEFAULT 0,
        lost_claims integer NOT NULL DEFAULT 0,
        due_at timestamptz NOT NULL DEFAULT now(),
        lease_until timestamptz,
        cancel_requested_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        submitted_at timestamptz,
        ended_at timestamptz
      );
      CREATE INDEX batches_tenant_list ON batches (tenant_id, id);
      CREATE INDEX batches_due ON batches (due_at) WHERE status IN ('queued', 'submitted', 'in_progress');

      CREATE TABLE batch_items (
        batch_id uuid NOT NULL CONSTRAINT batch_items_batch REFERENCES batches (id) ON DELETE CASCADE,
        position integer NOT NULL,
        tenant_id uuid NOT NULL,
        custom_id text NOT NULL,
        request jsonb NOT NULL,
        status text NOT NULL DEFAULT 'pending' CONSTRAINT batch_items_status CHECK (status IN
          ('pending', 'completed', 'failed', 'cancelled', 'expired')),
        response jsonb,
        usage jsonb,
        error jsonb,
        finished_at timestamptz,
        PRIMARY KEY (batch_id, position),
        CONSTRAINT batch_items_custom_id UNIQUE (batch_id, custom_id)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE batch_items, batches;');
  }
}
