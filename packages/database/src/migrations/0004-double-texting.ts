import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Messages that come while their thread works on a run. The thread's row says which run that is and how many wait, so a
 * statement that has the row's lock decides by it alone: what it reads from `runs` may be older than the lock.
 *
 * Lists of messages go by id, and an id may have been made before its message had to wait for that lock.
 * `message_id_after` gives the id of a message that follows `previous`: the candidate, moved behind `previous` where it is
 * not later by its first 60 bits (milliseconds and sequence).
 */
export class DoubleTexting1700000000004 implements MigrationInterface {
  readonly name = 'DoubleTexting1700000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION message_id_after(previous uuid, candidate uuid) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
        SELECT CASE
          WHEN previous IS NULL OR left(candidate::text, 18) COLLATE "C" > left(previous::text, 18) COLLATE "C" THEN candidate
          ELSE (
            SELECT (substr(next, 1, 12) || '7' || substr(next, 13, 3) || substr(replace(candidate::text, '-', ''), 17))::uuid
            FROM (
              SELECT lpad(to_hex(('x0' || substr(hex, 1, 12) || substr(hex, 14, 3))::bit(64)::bigint + 1), 15, '0') AS next
              FROM replace(previous::text, '-', '') AS hex
            ) AS counted
          )
        END
      $$;

      ALTER TABLE threads
        ADD COLUMN active_run_id uuid,
        ADD COLUMN waiting_runs integer NOT NULL DEFAULT 0,
        ADD COLUMN last_place integer NOT NULL DEFAULT 0;
      UPDATE threads SET active_run_id = runs.id
        FROM runs WHERE runs.thread_id = threads.id AND runs.status IN ('queued', 'running', 'waiting');

      ALTER TABLE runs
        ADD COLUMN multitask_strategy text NOT NULL DEFAULT 'reject',
        ADD COLUMN blocked boolean NOT NULL DEFAULT false,
        ADD COLUMN place integer,
        ADD COLUMN waiting_input jsonb,
        ADD COLUMN replaces_run_id uuid,
        ADD COLUMN steering jsonb NOT NULL DEFAULT '[]';
      DROP INDEX runs_one_active_per_thread;
      CREATE UNIQUE INDEX runs_one_active_per_thread ON runs (thread_id)
        WHERE status IN ('queued', 'running', 'waiting') AND NOT blocked;
      CREATE UNIQUE INDEX runs_waiting_line ON runs (thread_id, place) WHERE status = 'queued' AND blocked;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX runs_waiting_line, runs_one_active_per_thread;
      ALTER TABLE runs DROP COLUMN steering, DROP COLUMN replaces_run_id, DROP COLUMN waiting_input, DROP COLUMN place,
        DROP COLUMN blocked, DROP COLUMN multitask_strategy;
      CREATE UNIQUE INDEX runs_one_active_per_thread ON runs (thread_id) WHERE status IN ('queued', 'running', 'waiting');
      ALTER TABLE threads DROP COLUMN last_place, DROP COLUMN waiting_runs, DROP COLUMN active_run_id;
      DROP FUNCTION message_id_after;
    `);
  }
}
