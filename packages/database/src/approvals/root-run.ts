/** The run at the top of those that agents called, the run itself where nobody called it. `run` is a row of `runs`. */
export function rootOf(run: string): string {
  return `(
      WITH RECURSIVE up AS (
        SELECT ${run}.id AS id, ${run}.parent_run_id AS parent_run_id
        UNION ALL
        SELECT runs.id, runs.parent_run_id FROM up JOIN runs ON runs.id = up.parent_run_id
      )
      SELECT id FROM up ORDER BY parent_run_id IS NULL DESC LIMIT 1
    )`;
}
