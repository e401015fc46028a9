import type {
  Agent,
  AgentConfiguration,
  JsonValue,
  MultitaskStrategy,
  OutputSettings,
  Page,
  RunEvent,
  RunLimits,
  ToolUseSettings,
} from '@troupe/contracts';
import { followRun } from '../streaming/follow-run.js';
import type { RequestOptions, Transport } from '../transport/transport.js';
import { type ListOptions, pageQuery } from './list-options.js';

/** A new agent: a name, who it is, and whatever differs from the defaults. */
export type NewAgent = Pick<AgentConfiguration, 'name' | 'definition'> &
  Partial<AgentConfiguration> & { slug?: string };

export interface AgentRunRequest extends OutputSettings, ToolUseSettings {
  input: string;
  /** A name of the caller's own for the conversation; several agents may share it. */
  session_id?: string;
  /** Beside those of the agent: the lower of the two holds. */
  limits?: RunLimits;
  /** What to do when the session works on another run; default `reject`. */
  multitask_strategy?: MultitaskStrategy;
}

export interface AgentRunResponse {
  final_output: string | null;
  /** The validated answer of a run that has an output schema. */
  output?: JsonValue;
  success: boolean;
  session_id: string;
  run_id: string;
}

export interface AgentInfo {
  name: string;
  instructions: string;
  model: string;
  tools_count: number;
  handoffs_count: number;
  endpoints: Record<string, string>;
  session_config: Record<string, unknown>;
}

/** `/api/agents`. An agent is named by its slug or its id. */
export class AgentsResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  list(options: ListOptions = {}): Promise<Page<Agent>> {
    return this.#transport.json({ method: 'GET', path: '/api/agents', query: pageQuery(options), ...options });
  }

  create(agent: NewAgent, options: RequestOptions = {}): Promise<Agent> {
    return this.#transport.json({ method: 'POST', path: '/api/agents', body: agent, ...options });
  }

  get(agent: string, options: RequestOptions = {}): Promise<Agent> {
    return this.#transport.json({ method: 'GET', path: pathOf(agent), ...options });
  }

  /** Makes a new version with these fields changed; runs under way keep theirs. */
  update(agent: string, changes: Partial<AgentConfiguration>, options: RequestOptions = {}): Promise<Agent> {
    return this.#transport.json({ method: 'PATCH', path: pathOf(agent), body: changes, ...options });
  }

  delete(agent: string, options: RequestOptions = {}): Promise<void> {
    return this.#transport.done({ method: 'DELETE', path: pathOf(agent), ...options });
  }

  info(agent: string, options: RequestOptions = {}): Promise<AgentInfo> {
    return this.#transport.json({ method: 'GET', path: `${pathOf(agent)}/info`, ...options });
  }

  /** Waits for the answer. */
  run(agent: string, request: AgentRunRequest, options: RequestOptions = {}): Promise<AgentRunResponse> {
    return this.#transport.json({ method: 'POST', path: `${pathOf(agent)}/run`, body: request, ...options });
  }

  /** The events of a new run, resumed over broken connections. */
  stream(agent: string, request: AgentRunRequest, options: RequestOptions = {}): AsyncGenerator<RunEvent> {
    const transport = this.#transport;
    const idempotencyKey = options.idempotencyKey ?? crypto.randomUUID();
    const headers = { accept: 'text/event-stream' };
    const path = `${pathOf(agent)}/stream`;
    const start = () => transport.send({ method: 'POST', path, body: request, headers, ...options, idempotencyKey });
    return followRun({ transport, run: { start }, signal: options.signal });
  }
}

function pathOf(agent: string): string {
  return `/api/agents/${encodeURIComponent(agent)}`;
}
