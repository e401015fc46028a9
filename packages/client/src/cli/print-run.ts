import { isTerminalEvent, type RunEvent } from '@troupe/contracts';
import { excerptOf } from './excerpt.js';
import type { Screen } from './screen.js';

/** What a finished stream was about. */
export interface PrintedRun {
  runId: string | undefined;
  threadId: string | undefined;
  /** Type of the last event. */
  ending: RunEvent['type'] | undefined;
}

/** Writes a run to the screen while it happens: the text as it comes, a tool call as one dim line. */
export async function printRun(
  events: AsyncIterable<RunEvent>,
  screen: Screen,
  onEvent: (event: RunEvent) => void = () => undefined,
): Promise<PrintedRun> {
  const printed: PrintedRun = { runId: undefined, threadId: undefined, ending: undefined };
  let hasText = false;
  for await (const event of events) {
    onEvent(event);
    if (event.type === 'run.queued' || event.type === 'stream.reset') {
      printed.runId = event.data.run_id;
      printed.threadId = event.data.thread_id;
    }
    if (event.type === 'step.restarted' && hasText) {
      screen.endLine();
      screen.notice('The worker that wrote this was lost. The answer begins again:');
    }
    if (event.type === 'text.delta') hasText = true;
    if (event.type === 'step.started' || event.type === 'step.restarted') hasText = false;
    printEvent(event, screen);
    if (isTerminalEvent(event.type)) printed.ending = event.type;
  }
  return printed;
}

function printEvent(event: RunEvent, screen: Screen): void {
  if (event.type === 'message.completed' || isTerminalEvent(event.type)) screen.endLine();
  switch (event.type) {
    case 'text.delta':
      screen.answer(event.data.delta);
      break;
    case 'stream.reset':
      screen.endLine();
      screen.notice('The events of this run are no longer kept. Its answer:');
      if (event.data.response !== null) screen.answer(event.data.response);
      screen.endLine();
      break;
    case 'run.queued':
      if (event.data.behind !== undefined) screen.notice(`waiting for run ${event.data.behind} of this thread`);
      break;
    case 'run.waiting':
      if (!['tool', 'approval', 'input'].includes(event.data.kind))
        screen.notice(`waiting: ${event.data.reason ?? event.data.kind}`);
      break;
    case 'tool_call.requested':
      screen.notice(`→ ${event.data.name} ${excerptOf(event.data.arguments)}`);
      break;
    case 'tool_call.completed':
      if (event.data.status === 'failed') screen.notice(`  ${event.data.name} failed: ${excerptOf(event.data.result)}`);
      break;
    case 'approval.requested': {
      const { approval_id, kind, question } = event.data;
      screen.endLine();
      if (question !== null) screen.notice(`? ${question}`);
      screen.notice(
        kind === 'tool'
          ? `  waits for a person: troupe approve ${approval_id}, or troupe reject ${approval_id}`
          : `  waits for an answer: troupe answer ${approval_id} <answer>`,
      );
      break;
    }
    case 'approval.decided':
      screen.notice(
        `  ${event.data.name}: ${event.data.state}${event.data.decided_by ? ` by ${event.data.decided_by}` : ''}`,
      );
      break;
    case 'run.completed':
      if (event.data.stop_reason !== 'end_turn') screen.notice(`(stopped early: ${event.data.stop_reason})`);
      break;
    case 'run.failed':
      screen.failure(event.data.error.message);
      break;
    case 'run.cancelled':
      screen.notice('(cancelled)');
      break;
    case 'run.expired':
      screen.failure('The run did not end before its deadline.');
      break;
  }
}
