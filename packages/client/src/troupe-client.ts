import type {
  AcceptedRun,
  DirectRequest,
  DirectResponse,
  InteractRequest,
  InteractResponse,
  RunEvent,
} from '@troupe/contracts';
import { AgentsResource } from './resources/agents.js';
import { ApprovalsResource } from './resources/approvals.js';
import { BatchesResource } from './resources/batches.js';
import { BudgetsResource } from './resources/budgets.js';
import { ChatsResource } from './resources/chats.js';
import { LimitsResource } from './resources/limits.js';
import { RunsResource } from './resources/runs.js';
import { TenantsResource } from './resources/tenants.js';
import { ThreadsResource } from './resources/threads.js';
import { UsageResource } from './resources/usage.js';
import { UsersResource } from './resources/users.js';
import type { DirectEvent } from './streaming/direct-event.js';
import { followRun } from './streaming/follow-run.js';
import { readDirectEvents } from './streaming/read-direct-events.js';
import { GatewayAddresses } from './transport/gateway-addresses.js';
import { type ApiRequest, type RequestOptions, Transport } from './transport/transport.js';

export interface TroupeClientOptions {
  /** Address of a gateway. Default `http://127.0.0.1:3000`. */
  baseUrl?: string | undefined;
  /**
   * Instead of `baseUrl`: gateways that serve the same data and take the same key. When one cannot be reached, answers
   * 502 to 504 or ends a stream early, the client goes on at the next.
   */
  baseUrls?: readonly string[] | undefined;
  apiKey?: string | undefined;
  /** How often a request is sent again after a connection failure, a 429 or a 503. Default 3. */
  maxRetries?: number | undefined;
  /** Default: the global one. */
  fetch?: typeof fetch | undefined;
}

/** How the answer is given is the method's choice. */
export type Interaction = Omit<InteractRequest, 'stream' | 'background'>;
export type DirectCall = Omit<DirectRequest, 'stream'>;

/**
 * Troupe's HTTP API, typed. Works in Node and in browsers. Calls throw TroupeApiError when the server refuses or
 * fails, TroupeConnectionError when it cannot be reached, and the signal's reason when they are aborted.
 */
export class TroupeClient {
  readonly agents: AgentsResource;
  readonly approvals: ApprovalsResource;
  readonly batches: BatchesResource;
  /** For an admin key. */
  readonly budgets: BudgetsResource;
  readonly chats: ChatsResource;
  /** For the operator: the first tenant's admin key. */
  readonly limits: LimitsResource;
  readonly runs: RunsResource;
  /** For the operator. */
  readonly tenants: TenantsResource;
  readonly threads: ThreadsResource;
  readonly usage: UsageResource;
  readonly users: UsersResource;
  readonly #transport: Transport;

  constructor(options: TroupeClientOptions = {}) {
    const { baseUrl = 'http://127.0.0.1:3000', baseUrls = [baseUrl], apiKey, maxRetries = 3 } = options;
    // Browsers refuse a `fetch` that is called as another object's method.
    const send = options.fetch ?? ((...request: Parameters<typeof fetch>) => fetch(...request));
    this.#transport = new Transport({ addresses: new GatewayAddresses(baseUrls), apiKey, maxRetries, fetch: send });
    this.agents = new AgentsResource(this.#transport);
    this.approvals = new ApprovalsResource(this.#transport);
    this.batches = new BatchesResource(this.#transport);
    this.budgets = new BudgetsResource(this.#transport);
    this.chats = new ChatsResource(this.#transport);
    this.limits = new LimitsResource(this.#transport);
    this.runs = new RunsResource(this.#transport);
    this.tenants = new TenantsResource(this.#transport);
    this.threads = new ThreadsResource(this.#transport);
    this.usage = new UsageResource(this.#transport);
    this.users = new UsersResource(this.#transport);
  }

  /**
   * Sends a message and waits for the whole answer. Node's `fetch` waits no longer than 300 s for it; a run that may take
   * longer is better streamed or sent to the background.
   */
  interact(interaction: Interaction, options: RequestOptions = {}): Promise<InteractResponse> {
    return this.#transport.json(interactRequest(interaction, options));
  }

  /**
   * Sends a message and yields the run's events as they happen, up to the terminal one. A broken connection is resumed
   * after the last event; leaving the loop closes the connection, and the run goes on.
   */
  interactStream(interaction: Interaction, options: RequestOptions = {}): AsyncGenerator<RunEvent> {
    const request = interactRequest({ ...interaction, stream: true }, options);
    const again: ApiRequest = {
      ...request,
      headers: { accept: 'text/event-stream' },
      idempotencyKey: options.idempotencyKey ?? crypto.randomUUID(),
    };
    const start = () => this.#transport.send(again);
    return followRun({ transport: this.#transport, run: { start }, signal: options.signal });
  }

  /** Sends a message and answers as soon as the run is stored. */
  interactBackground(interaction: Interaction, options: RequestOptions = {}): Promise<AcceptedRun> {
    return this.#transport.json(interactRequest({ ...interaction, background: true }, options));
  }

  /** Calls a model without agent, thread or tools. */
  direct(call: DirectCall, options: RequestOptions = {}): Promise<DirectResponse> {
    return this.#transport.json({ method: 'POST', path: '/api/llm/direct', body: call, ...options });
  }

  /** The same, as it is written; ends with `message.completed`. */
  async *directStream(call: DirectCall, options: RequestOptions = {}): AsyncGenerator<DirectEvent> {
    const response = await this.#transport.send({
      method: 'POST',
      path: '/api/llm/direct',
      body: { ...call, stream: true },
      headers: { accept: 'text/event-stream' },
      ...options,
    });
    try {
      yield* readDirectEvents(response);
    } catch (error) {
      options.signal?.throwIfAborted();
      throw error;
    }
  }
}

function interactRequest(body: InteractRequest, options: RequestOptions): ApiRequest {
  return { method: 'POST', path: '/api/llm/interact', body, ...options };
}
