import type {
  AcceptedRun,
  EventId,
  Page,
  Run,
  RunEvent,
  RunResult,
  RunStatus,
  RunStep,
  StopReason,
} from '@troupe/contracts';
import { followRun } from '../streaming/follow-run.js';
import type { RequestOptions, Transport } from '../transport/transport.js';
import { type ListOptions, pageQuery } from './list-options.js';

/** Which runs of a list, and which page of it. */
export interface RunListOptions extends ListOptions {
  status?: RunStatus | undefined;
  /** Only runs that ended for this reason. */
  stopReason?: StopReason | undefined;
  /** Only runs of the agent with this slug. */
  agent?: string | undefined;
}

export interface RunReplay {
  /** `provider/model`; default: that of the old run. */
  model?: string | null;
}

/** `/api/runs`. */
export class RunsResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Newest first. */
  list(options: RunListOptions = {}): Promise<Page<Run>> {
    const { status, stopReason, agent } = options;
    const query = { ...pageQuery(options), status, stop_reason: stopReason, agent };
    return this.#transport.json({ method: 'GET', path: '/api/runs', query, ...options });
  }

  get(runId: string, options: RequestOptions = {}): Promise<RunResult> {
    return this.#transport.json({ method: 'GET', path: pathOf(runId), ...options });
  }

  /**
   * The run's events from its first or after the given one, up to its terminal one, resumed over broken connections.
   * Nothing where the given one is its last.
   */
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

  /** Asks for the end of a run. While the answer shows it at work, its worker ends it within seconds. */
  cancel(runId: string, options: RequestOptions = {}): Promise<RunResult> {
    return this.#transport.json({ method: 'POST', path: `${pathOf(runId)}/cancel`, ...options });
  }

  /** Lets a run rest until it is resumed. The model turn or tool calls under way end first; it is `running` till then. */
  pause(runId: string, options: RequestOptions = {}): Promise<RunResult> {
    return this.#transport.json({ method: 'POST', path: `${pathOf(runId)}/pause`, ...options });
  }

  /** Lets a paused run go on; one that is not paused stays as it is. */
  resume(runId: string, options: RequestOptions = {}): Promise<RunResult> {
    return this.#transport.json({ method: 'POST', path: `${pathOf(runId)}/resume`, ...options });
  }

  /** Runs the input of a run that failed, expired or was cancelled again, as a new run on the same thread. */
  replay(runId: string, replay: RunReplay = {}, options: RequestOptions = {}): Promise<AcceptedRun> {
    return this.#transport.json({ method: 'POST', path: `${pathOf(runId)}/replay`, body: replay, ...options });
  }
}

function pathOf(runId: string): string {
  return `/api/runs/${encodeURIComponent(runId)}`;
}
