import type { Pool } from 'pg';
import type { Recovery } from '../checker/evidence.js';
import type { HeldWork } from './app-process.js';

interface Crashed {
  what: Recovery['what'];
  id: string;
  at: number;
}

/** What killed processes left behind, to be found moving again. */
export class CrashedWork {
  readonly #sql: Pool;
  #crashed: Crashed[] = [];

  constructor(sql: Pool) {
    this.#sql = sql;
  }

  async note(at: number, { owner, toolCalls }: HeldWork): Promise<void> {
    for (const id of toolCalls) this.#crashed.push({ what: 'tool call', id, at });
    if (owner === undefined) return;
    const held = await this.#sql
      .query<{ id: string }>("SELECT id FROM runs WHERE lease_owner = $1 AND status = 'running'", [owner])
      // With the database away nobody can tell what the process held.
      .catch(() => ({ rows: [] }));
    for (const { id } of held.rows) this.#crashed.push({ what: 'run', id, at });
  }

  /** How long each took until its next step: a claim or an end of a run, the end of a call or of its run. */
  async recoveries(): Promise<Recovery[]> {
    const crashed = this.#crashed;
    this.#crashed = [];
    const { rows } = await this.#sql.query<{ what: string; id: string; at: number }>(
      `SELECT 'run' AS what, run_id AS id, (extract(epoch FROM at) * 1000)::float8 AS at
         FROM fault_transitions WHERE run_id = ANY($1::uuid[])
       UNION ALL
       SELECT 'tool call', tool_calls.id,
         (extract(epoch FROM least(tool_calls.finished_at, runs.finished_at)) * 1000)::float8
         FROM tool_calls JOIN runs ON runs.id = run_id
         WHERE tool_calls.id = ANY($1::uuid[]) AND (tool_calls.finished_at IS NOT NULL OR runs.finished_at IS NOT NULL)
       ORDER BY 3`,
      [crashed.map(({ id }) => id)],
    );
    const moves = Map.groupBy(rows, ({ what, id }) => `${what} ${id}`);
    return crashed.map(({ what, id, at }) => {
      const own = moves.get(`${what} ${id}`) ?? [];
      // A call may have ended in the moment of the kill, before it was seen to.
      const next = what === 'run' ? own.find((move) => move.at > at) : own[0];
      return { what, id, tookMs: next && Math.max(0, Math.round(next.at - at)) };
    });
  }
}
