import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The first schema. Constraints carry the rules: one active run a thread, one result a step, one place for an event.
 * Hot rows (messages, events, ledger) have no foreign key to tenants: their tenant is that of their thread or run. Events
 * have none at all: its check would lock the run's row for every batch of a turn that goes on, ten times a second.
 */
export class Initial1700000000001 implements MigrationInterface {
  readonly name = 'Initial1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE tenants (
        id uuid PRIMARY KEY,
        slug text NOT NULL CONSTRAINT tenants_slug UNIQUE,
        name text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );

      CREATE TABLE api_keys (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL CONSTRAINT api_keys_tenant REFERENCES tenants (id) ON DELETE CASCADE,
        name text NOT NULL,
        prefix text NOT NULL,
        hash text NOT NULL CONSTRAINT api_keys_hash UNIQUE,
        role text NOT NULL CONSTRAINT api_keys_role CHECK (role IN ('admin', 'user')),
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz,
        revoked_at timestamptz
      );

      CREATE TABLE users (
        tenant_id uuid NOT NULL CONSTRAINT users_tenant REFERENCES tenants (id) ON DELETE CASCADE,
        id text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, id)
      );

      CREATE TABLE agents (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL CONSTRAINT agents_tenant REFERENCES tenants (id) ON DELETE CASCADE,
        slug text NOT NULL,
        version integer NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        deleted_at timestamptz
      );
      CREATE UNIQUE INDEX agents_slug ON agents (tenant_id, slug) WHERE deleted_at IS NULL;

      CREATE TABLE agent_versions (
        agent_id uuid NOT NULL CONSTRAINT agent_versions_agent REFERENCES agents (id) ON DELETE CASCADE,
        version integer NOT NULL,
        tenant_id uuid NOT NULL,
        configuration jsonb NOT NULL,
        history_limit integer NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (agent_id, version)
      );

      CREATE TABLE threads (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL CONSTRAINT threads_tenant REFERENCES tenants (id) ON DELETE CASCADE,
        user_id text,
        external_id text,
        agent text,
        title text,
        summary text,
        summarized_count integer NOT NULL DEFAULT 0,
        head_message_id uuid,
        message_count integer NOT NULL DEFAULT 0,
        metadata jsonb NOT NULL DEFAULT '{}',
        archived_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE UNIQUE INDEX threads_external_id ON threads (tenant_id, external_id) WHERE external_id IS NOT NULL;
      CREATE INDEX threads_user ON threads (tenant_id, user_id, id);

      CREATE TABLE messages (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        thread_id uuid NOT NULL CONSTRAINT messages_thread REFERENCES threads (id) ON DELETE CASCADE,
        parent_id uuid,
        role text NOT NULL CONSTRAINT messages_role CHECK (role IN ('system', 'user', 'assistant', 'tool')),
        content jsonb NOT NULL,
        run_id uuid,
        agent text,
        model text,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX messages_thread_order ON messages (thread_id, id);

      CREATE TABLE runs (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        thread_id uuid NOT NULL CONSTRAINT runs_thread REFERENCES threads (id) ON DELETE CASCADE,
        user_id text,
        agent_id uuid NOT NULL,
        agent_version integer NOT NULL,
        agent text NOT NULL,
        model text NOT NULL,
        status text NOT NULL CONSTRAINT runs_status CHECK
          (status IN ('queued', 'running', 'waiting', 'completed', 'failed', 'cancelled', 'expired')),
        wait_kind text,
        stop_reason text,
        error jsonb,
        step integer NOT NULL DEFAULT 0,
        turn integer NOT NULL DEFAULT 0,
        attempt integer NOT NULL DEFAULT 0,
        dispatch integer NOT NULL DEFAULT 1,
        claims integer NOT NULL DEFAULT 0,
        crash_count integer NOT NULL DEFAULT 0,
        retry_count integer NOT NULL DEFAULT 0,
        lease_owner text,
        lease_until timestamptz,
        next_wake_at timestamptz NOT NULL DEFAULT now(),
        deadline_at timestamptz NOT NULL,
        cancel_requested_at timestamptz,
        input_message_id uuid NOT NULL,
        head_message_id uuid NOT NULL,
        output_message_id uuid,
        pending_tool_calls integer NOT NULL DEFAULT 0,
        event_attempt integer NOT NULL DEFAULT 0,
        event_n integer NOT NULL DEFAULT 1,
        input_tokens integer NOT NULL DEFAULT 0,
        output_tokens integer NOT NULL DEFAULT 0,
        cached_input_tokens integer NOT NULL DEFAULT 0,
        reasoning_tokens integer NOT NULL DEFAULT 0,
        cost numeric,
        created_at timestamptz NOT NULL DEFAULT now(),
        started_at timestamptz,
        finished_at timestamptz,
        CONSTRAINT runs_lease CHECK ((status = 'running') = (lease_until IS NOT NULL)),
        CONSTRAINT runs_finished CHECK
          ((status IN ('completed', 'failed', 'cancelled', 'expired')) = (finished_at IS NOT NULL))
      );
      CREATE UNIQUE INDEX runs_one_active_per_thread ON runs (thread_id)
        WHERE status IN ('queued', 'running', 'waiting');
      CREATE INDEX runs_thread_order ON runs (thread_id, id);
      CREATE INDEX runs_due ON runs (next_wake_at) WHERE status = 'queued';
      CREATE INDEX runs_leased ON runs (lease_until) WHERE status = 'running';

      CREATE TABLE run_steps (
        run_id uuid NOT NULL CONSTRAINT run_steps_run REFERENCES runs (id) ON DELETE CASCADE,
        index integer NOT NULL,
        tenant_id uuid NOT NULL,
        kind text NOT NULL CONSTRAINT run_steps_kind CHECK (kind IN ('model', 'tools')),
        attempt integer NOT NULL,
        model text,
        finish_reason text,
        usage jsonb,
        started_at timestamptz NOT NULL,
        finished_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (run_id, index)
      );

      CREATE TABLE tool_calls (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        run_id uuid NOT NULL CONSTRAINT tool_calls_run REFERENCES runs (id) ON DELETE CASCADE,
        thread_id uuid NOT NULL,
        user_id text,
        message_id uuid NOT NULL,
        step integer NOT NULL,
        index integer NOT NULL,
        call_id text NOT NULL,
        name text NOT NULL,
        arguments jsonb NOT NULL,
        effect text NOT NULL CONSTRAINT tool_calls_effect CHECK (effect IN ('read', 'idempotent', 'effect')),
        state text NOT NULL CONSTRAINT tool_calls_state CHECK
          (state IN ('prepared', 'dispatched', 'completed', 'failed', 'unknown', 'cancelled')),
        dispatches integer NOT NULL DEFAULT 0,
        lease_until timestamptz NOT NULL,
        result text,
        created_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz,
        CONSTRAINT tool_calls_place UNIQUE (run_id, step, index)
      );
      CREATE INDEX tool_calls_due ON tool_calls (lease_until) WHERE state IN ('prepared', 'dispatched');

      CREATE TABLE run_events (
        run_id uuid NOT NULL,
        attempt integer NOT NULL,
        n integer NOT NULL,
        first_n integer NOT NULL,
        events jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (run_id, attempt, first_n),
        CONSTRAINT run_events_range CHECK (first_n >= 1 AND n >= first_n)
      );

      CREATE TABLE usage_ledger (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        run_id uuid,
        thread_id uuid,
        user_id text,
        agent text,
        step integer,
        attempt integer,
        purpose text NOT NULL,
        provider text NOT NULL,
        model text NOT NULL,
        outcome text NOT NULL,
        input_tokens integer NOT NULL,
        output_tokens integer NOT NULL,
        cached_input_tokens integer NOT NULL,
        cache_write_input_tokens integer NOT NULL,
        reasoning_tokens integer NOT NULL,
        cost numeric,
        estimated boolean NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX usage_ledger_tenant_time ON usage_ledger (tenant_id, created_at);

      CREATE TABLE idempotency_keys (
        tenant_id uuid NOT NULL,
        endpoint text NOT NULL,
        key text NOT NULL,
        request_hash text NOT NULL,
        run_id uuid NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, endpoint, key)
      );

      CREATE TABLE follow_up_tasks (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        run_id uuid NOT NULL CONSTRAINT follow_up_tasks_run REFERENCES runs (id) ON DELETE CASCADE,
        thread_id uuid NOT NULL,
        user_id text,
        kind text NOT NULL CONSTRAINT follow_up_tasks_kind CHECK
          (kind IN ('extract-facts', 'title-thread', 'summarize-thread')),
        model text NOT NULL,
        state text NOT NULL DEFAULT 'pending' CONSTRAINT follow_up_tasks_state CHECK
          (state IN ('pending', 'running', 'completed', 'failed')),
        attempt integer NOT NULL DEFAULT 0,
        lease_until timestamptz NOT NULL DEFAULT now(),
        result jsonb,
        error text,
        created_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz,
        CONSTRAINT follow_up_tasks_once UNIQUE (run_id, kind)
      );
      CREATE INDEX follow_up_tasks_due ON follow_up_tasks (lease_until) WHERE state IN ('pending', 'running');

      CREATE TABLE facts (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        user_id text NOT NULL,
        key text NOT NULL,
        value text NOT NULL,
        category text,
        source_message_id uuid,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT facts_key UNIQUE (tenant_id, user_id, key)
      );

      CREATE TABLE todo_tasks (
        tenant_id uuid NOT NULL,
        user_id text NOT NULL,
        number integer NOT NULL,
        title text NOT NULL,
        description text,
        idempotency_key text NOT NULL,
        completed_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, user_id, number),
        CONSTRAINT todo_tasks_key UNIQUE (tenant_id, user_id, idempotency_key)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE todo_tasks, facts, follow_up_tasks, idempotency_keys, usage_ledger, run_events, tool_calls,
        run_steps, runs, messages, threads, agent_versions, agents, users, api_keys, tenants;
    `);
  }
}
