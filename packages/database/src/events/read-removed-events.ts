import {
  type ContentPart,
  compareEventIds,
  type EventId,
  formatEventId,
  type JsonValue,
  type Run,
  type RunEvent,
  type RunEventBody,
  TroupeError,
  textOf,
} from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { RUN_COLUMNS, type RunRow, runFromRow, VALIDATED, type ValidatedRow } from '../runs/run-row.js';

const READ_ENDED_RUN = {
  name: 'read-ended-run',
  text: `SELECT ${RUN_COLUMNS}, messages.content AS output, ${VALIDATED} FROM runs
    LEFT JOIN messages ON messages.id = runs.output_message_id
    WHERE runs.id = $1`,
};

/**
 * What stands for the removed events of a run that has ended: `stream.reset` right before the place of the last event,
 * and that event itself, told by the run's row. A reader who misses nothing but the last event gets only that.
 */
export async function readRemovedEvents(
  database: Queryable,
  runId: string,
  { after, end }: { after: EventId; end: EventId },
): Promise<RunEvent[]> {
  const [row] = await database.query<EndedRow>(READ_ENDED_RUN, [runId]);
  if (!row) return [];
  const run = runFromRow(row);
  const output = row.validated && { output: row.validated.value };
  const reset: RunEvent = {
    type: 'stream.reset',
    id: { attempt: end.attempt, n: end.n - 1 },
    data: {
      run_id: run.id,
      thread_id: run.thread_id,
      status: run.status,
      stop_reason: run.stop_reason,
      message_id: run.output_message_id,
      response: row.output && textOf(row.output),
      ...output,
      error: run.error,
      usage: run.usage,
      last_event_id: formatEventId(end),
    },
  };
  return [...(compareEventIds(reset.id, after) > 0 ? [reset] : []), { ...lastEventOf(run, output), id: end }];
}

interface EndedRow extends RunRow, ValidatedRow {
  output: ContentPart[] | null;
}

function lastEventOf(run: Run, output: { output: JsonValue } | null): RunEventBody {
  const { id: run_id, thread_id, stop_reason, usage } = run;
  switch (run.status) {
    case 'completed':
      return {
        type: 'run.completed',
        data: {
          run_id,
          thread_id,
          message_id: run.output_message_id ?? '',
          stop_reason: stop_reason ?? 'end_turn',
          usage,
          ...output,
        },
      };
    case 'failed':
      return {
        type: 'run.failed',
        data: { run_id, stop_reason: stop_reason ?? 'server_error', error: run.error ?? TroupeError.bodyOf(undefined) },
      };
    case 'expired':
      return { type: 'run.expired', data: { run_id } };
    default:
      return { type: 'run.cancelled', data: { run_id } };
  }
}
