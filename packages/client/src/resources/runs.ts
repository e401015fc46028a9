import type { EventId, Page, RunEvent, RunResult, RunStep } from '@troupe/contracts';
import { followRun } from '../streaming/follow-run.js';
import type { RequestOptions, Transport } from '../transport/transport.js';
import { type ListOptions, pageQuery } from './list-options.js';

/** `/api/runs`. */
export class RunsResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  get(runId: string, options: RequestOptions = {}): Promise<RunResult> {
    return this.#transport.json({ method: 'GET', path: pathOf(runId), ...options });
  }

  /** The run's events from its first or after the given one, up to its terminal one, resumed over broken connections. */
  events(runId: string, options: { after?: EventId; signal?: AbortSignal } = {}): AsyncGenerator<RunEvent> {
    return followRun({ transport: this.#transport, run: { id: runId }, ...options });
  }

  steps(runId: string, options: ListOptions = {}): Promise<Page<RunStep>> {
    return this.#transport.json({
      method: 'GET',
      path: `${pathOf(runId)}/steps`,
      query: pageQuery(options),
      ...options,
    });
  }

  /** Asks for the end of a run; its events say when it has ended. */
  cancel(runId: string, options: RequestOptions = {}): Promise<void> {
    return this.#transport.done({ method: 'POST', path: `${pathOf(runId)}/cancel`, ...options });
  }
}

function pathOf(runId: string): string {
  return `/api/runs/${encodeURIComponent(runId)}`;
}
