/** What the id of a job says: `<run>-<step>-<dispatch>`, `<tool call or follow-up task>-<dispatch>`, or a bare run id. */
export type ParsedJobId =
  | { type: 'run'; runId: string }
  | { type: 'turn'; runId: string }
  | { type: 'work'; rowId: string };

const JOB_ID = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})((?:-\d{1,9}){0,2})$/;

/** Undefined for what can be no job's id. */
export function parseJobId(id: string): ParsedJobId | undefined {
  const [, rowId, numbers] = JOB_ID.exec(id) ?? [];
  if (rowId === undefined || numbers === undefined) return undefined;
  if (numbers === '') return { type: 'run', runId: rowId };
  return numbers.lastIndexOf('-') > 0 ? { type: 'turn', runId: rowId } : { type: 'work', rowId };
}
