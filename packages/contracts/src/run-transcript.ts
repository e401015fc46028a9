import type { ErrorBody } from './error-body.js';
import { compareEventIds, parseEventId } from './event-id.js';
import type { JsonValue } from './json.js';
import type { RunEvent } from './run-event.js';
import { isTerminal, type TerminalRunStatus } from './run-status.js';
import type { Usage } from './usage.js';

/** What a reader of a run's events knows so far. */
export interface RunTranscript {
  /** Text of the model turn under way or, at the end, of the last one: the answer. */
  text: string;
  reasoning: string;
  status: TerminalRunStatus | null;
  message_id: string | null;
  /** The validated answer, where the log tells it. */
  output?: JsonValue;
  error: ErrorBody | null;
  usage: Usage | null;
}

/** Folds a run's events, withdrawn text included, into what they say. Pure: give it every event in order. */
export class RunTranscriptFold {
  #events: RunEvent[] = [];

  add(event: RunEvent): void {
    if (event.type === 'step.restarted') this.#withdrawAfter(event.data.withdraw_after);
    if (event.type === 'stream.reset') this.#events = [];
    this.#events.push(event);
  }

  get transcript(): RunTranscript {
    const transcript: RunTranscript = {
      text: '',
      reasoning: '',
      status: null,
      message_id: null,
      error: null,
      usage: null,
    };
    for (const event of this.#events) apply(transcript, event);
    return transcript;
  }

  #withdrawAfter(text: string): void {
    const last = parseEventId(text);
    if (last) this.#events = this.#events.filter((event) => compareEventIds(event.id, last) <= 0);
  }
}

function apply(transcript: RunTranscript, event: RunEvent): void {
  switch (event.type) {
    case 'step.started':
      transcript.text = '';
      transcript.reasoning = '';
      break;
    case 'text.delta':
      transcript.text += event.data.delta;
      break;
    case 'reasoning.delta':
      transcript.reasoning += event.data.delta;
      break;
    case 'run.completed':
      transcript.status = 'completed';
      transcript.message_id = event.data.message_id;
      transcript.usage = event.data.usage;
      transcript.output = event.data.output;
      break;
    case 'run.failed':
      transcript.status = 'failed';
      transcript.error = event.data.error;
      break;
    case 'run.cancelled':
      transcript.status = 'cancelled';
      break;
    case 'run.expired':
      transcript.status = 'expired';
      break;
    case 'stream.reset':
      transcript.text = event.data.response ?? '';
      transcript.status = isTerminal(event.data.status) ? event.data.status : null;
      transcript.message_id = event.data.message_id;
      transcript.error = event.data.error;
      transcript.usage = event.data.usage;
      transcript.output = event.data.output;
      break;
  }
}
