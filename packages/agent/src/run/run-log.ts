import { formatEventId, type RunEventBody } from '@troupe/contracts';

/** Tells of a run, and counts what it tells: a withdrawal names the last event that stays, as a server's log does. */
export class RunLog {
  readonly #onEvent: (event: RunEventBody) => void;
  #told = 0;
  #message: string | undefined;

  constructor(onEvent: (event: RunEventBody) => void) {
    this.#onEvent = onEvent;
  }

  readonly tell = (event: RunEventBody): void => {
    this.#told += 1;
    if (event.type === 'message.completed') this.#message = event.data.message_id;
    this.#onEvent(event);
  };

  /** Id of the last event: `1-7` for the seventh. */
  get last(): string {
    return formatEventId({ attempt: 1, n: this.#told });
  }

  /** The newest message that it told of. */
  get message(): string | undefined {
    return this.#message;
  }
}
