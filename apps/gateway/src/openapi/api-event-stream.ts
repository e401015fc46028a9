import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';
import type { RunEventType } from '@troupe/contracts';

/** What each event of a run carries, for readers of the API document. */
const RUN_EVENTS: Record<RunEventType, string> = {
  'run.queued': 'run_id, thread_id, agent, behind?: the run that it has to wait for',
  'run.started': 'model',
  'run.waiting': 'kind, reason?, until?',
  'step.started': 'step',
  'step.restarted': 'step, withdraw_after: forget every event after that id',
  'message.received': 'message_id, content: sent to the run while it worked (`steer`); the next step reads it',
  'text.delta': 'delta',
  'reasoning.delta': 'delta',
  'tool_call.requested': 'tool_call_id, name, arguments',
  'tool_call.completed': 'tool_call_id, name, status, result',
  'approval.requested':
    'approval_id, kind: `tool` or `input`, reason, tool_call_id, name, arguments, question, response_schema, roles, ' +
    'expires_at: decide at `/api/approvals/{approval_id}`',
  'approval.decided': 'approval_id, tool_call_id, name, state, decided_by, message?, arguments?, answer?',
  'handoff.occurred': 'tool_call_id, from, to, model, input: the agent `to` speaks from here on',
  'subrun.started':
    'tool_call_id, run_id, thread_id, agent: a called agent works in a run of its own, with its own events',
  'subrun.completed': 'tool_call_id, run_id, agent, status, usage',
  'guardrail.tripped':
    'guardrail, on: `input`, `output`, `tool_input` or `tool_output`, action, reason, failed?, tool?, tool_call_id?',
  'message.completed': 'message_id',
  'usage.recorded': 'tokens and cost of the run so far',
  'run.completed':
    'run_id, thread_id, message_id, stop_reason, usage, output? (where the run has an output schema and it is not longer than ' +
    '65,536 characters of JSON); the last event',
  'run.failed': 'run_id, stop_reason, error; the last event',
  'run.cancelled': 'run_id; the last event',
  'run.expired': 'run_id; the last event',
  'stream.reset':
    'run_id, thread_id, status, stop_reason, message_id, response, error, usage, last_event_id: the events were ' +
    'removed (RUN_EVENTS_HOURS after the end); forget what came before, this is the run. The last event follows',
};

const RUN_EVENT_STREAM = [
  'Server-sent events: `event` is the type, `id` is `<attempt>-<n>`, `data` is one line of JSON. A comment every 15 s ' +
    'keeps the connection open. After a broken connection go on at `/api/runs/{run_id}/events` with `Last-Event-ID`.',
  ...Object.entries(RUN_EVENTS).map(([type, data]) => `- \`${type}\`: ${data}`),
].join('\n');

const DIRECT_STREAM =
  'Server-sent events: `text.delta` {delta}, and last `message.completed` {model, stop_reason, usage} or `error` ' +
  '{code, fault, message, retryable}.';

/** Describes an answer as the events of a run or, where an answer is waited for unless asked otherwise, as `answer`. */
export const ApiRunEvents = (answer?: Type): MethodDecorator => describe(RUN_EVENT_STREAM, answer);

/** The same for calls outside of runs. */
export const ApiDirectEvents = (answer: Type): MethodDecorator => describe(DIRECT_STREAM, answer);

function describe(events: string, answer: Type | undefined): MethodDecorator {
  return applyDecorators(
    ...(answer ? [ApiExtraModels(answer)] : []),
    ApiOkResponse({
      description: answer ? 'The answer, or the stream of its events.' : 'The stream of events.',
      headers: {
        'x-run-id': { schema: { type: 'string' }, description: 'The run, on streams of runs.' },
        'x-thread-id': { schema: { type: 'string' }, description: 'Its thread, on streams of runs.' },
      },
      content: {
        ...(answer && { 'application/json': { schema: { $ref: getSchemaPath(answer) } } }),
        'text/event-stream': { schema: { type: 'string', description: events } },
      },
    }),
  );
}
