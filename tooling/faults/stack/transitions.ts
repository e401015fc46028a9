import type { Pool } from 'pg';

/**
 * Has PostgreSQL itself write down every change of a run's status or attempt, in the transaction that makes it: what a
 * look every so often would miss is there.
 */
export async function watchTransitions(sql: Pool): Promise<void> {
  await sql.query(`
    CREATE TABLE fault_transitions (
      id bigserial PRIMARY KEY,
      at timestamptz NOT NULL DEFAULT clock_timestamp(),
      run_id uuid NOT NULL,
      old_status text NOT NULL,
      status text NOT NULL,
      attempt integer NOT NULL
    );
    CREATE INDEX fault_transitions_run ON fault_transitions (run_id);
    CREATE FUNCTION fault_transition() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO fault_transitions (run_id, old_status, status, attempt)
        VALUES (new.id, old.status, new.status, new.attempt);
        RETURN NULL;
      END
    $$;
    CREATE TRIGGER fault_transition AFTER UPDATE ON runs FOR EACH ROW
      WHEN (old.status IS DISTINCT FROM new.status OR old.attempt IS DISTINCT FROM new.attempt)
      EXECUTE FUNCTION fault_transition();
  `);
}
