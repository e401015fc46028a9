import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.js';
import type { LoadTenant } from '../stack/tenants.js';
import { messageOf, OUTPUT_SCHEMA } from './case-message.js';
import { firstAgentOf } from './case-plan.js';
import type { CaseRequest } from './case-request.js';
import { Decider } from './decider.js';
import { EventReader } from './event-reader.js';
import type { History, Operation, SeenEvent } from './history.js';
import { type ApiRequest, readRunAnswer, sendRequest } from './request.js';
import { sendUntilAnswered } from './send-until-answered.js';

export interface CaseClientOptions {
  urls: readonly string[];
  tenants: readonly LoadTenant[];
  history: History;
  random: Random;
  /** Told of a run before its first event can have been read. */
  onStarted?(runId: string): unknown;
}

interface Started {
  runId: string;
  threadId: string;
}

/** A request that has a key is sent again until it is answered, for so long. Milliseconds. */
const INSIST_FOR_MS = 60_000;

/** One user of the API: sends a case, follows it to its end, and writes down what it learns. */
export class CaseClient {
  readonly #options: CaseClientOptions;

  constructor(options: CaseClientOptions) {
    this.#options = options;
  }

  /** Answers the thread on which the next case may go on; undefined when this one's fate is not known. */
  async play(
    request: CaseRequest,
    tenant: LoadTenant,
    threadId?: string,
    poisoned = false,
  ): Promise<string | undefined> {
    const { history, urls, random } = this.#options;
    const { plan, keyed, leavesAfter } = request;
    const start = this.#startRequest(request, tenant, threadId);
    history.add({
      type: 'invoke',
      op: 'start',
      case: plan.id,
      plan,
      tenant: tenant.id,
      poisoned,
      ...(keyed && { key: plan.id }),
    });
    const { apiKey } = tenant;
    const decider = new Decider({
      urls,
      apiKey,
      random: random.fork(`decisions ${plan.id}`),
      history,
      caseId: plan.id,
    });
    const onEvent = (event: SeenEvent) => decider.hear(event);
    const reader = new EventReader({ urls, apiKey, random, leavesAfter, onEvent });
    const started = await this.#start(request, start, reader);
    if (!started) return undefined;
    const { runId } = started;
    this.#options.onStarted?.(runId);
    await Promise.all([
      this.#follow(plan.id, runId, reader).then(() => decider.settled()),
      request.duplicated && this.#duplicate(plan.id, start),
      request.cancelAfterMs !== undefined && this.#cancel(plan.id, runId, tenant, request.cancelAfterMs),
      request.foreign && this.#askAsForeigner(plan.id, runId, tenant),
    ]);
    if (!reader.ended) return undefined;
    if (request.asked) await this.#ask(plan.id, runId, tenant);
    if (request.replayed) await this.#replay(plan.id, runId, tenant);
    return started.threadId;
  }

  #startRequest({ plan, mode, keyed }: CaseRequest, { apiKey }: LoadTenant, threadId: string | undefined): ApiRequest {
    return {
      url: this.#anyGateway(),
      path: '/api/llm/interact',
      method: 'POST',
      apiKey,
      body: {
        message: messageOf(plan),
        persona_id: firstAgentOf(plan),
        ...(plan.misfits !== undefined && { output_schema: OUTPUT_SCHEMA }),
        ...(threadId !== undefined && { thread_id: threadId }),
        ...(mode === 'stream' && { stream: true }),
        ...(mode === 'background' && { background: true }),
      },
      waitsForRun: mode === 'wait',
      ...(keyed && { idempotencyKey: plan.id }),
    };
  }

  async #start(request: CaseRequest, start: ApiRequest, reader: EventReader): Promise<Started | undefined> {
    const end = Date.now() + INSIST_FOR_MS;
    for (;;) {
      const started = await this.#tryToStart(request, { ...start, url: this.#anyGateway() }, reader);
      if (started !== 'unknown') return started;
      if (!request.keyed || Date.now() > end) return undefined;
      await sleep(this.#options.random.integer(100, 500));
    }
  }

  /** Undefined: refused for good. */
  async #tryToStart(
    { plan }: CaseRequest,
    start: ApiRequest,
    reader: EventReader,
  ): Promise<Started | 'unknown' | undefined> {
    const { history } = this.#options;
    const leave = new AbortController();
    try {
      const answer = await sendRequest({ ...start, leave });
      const streams = answer.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
      if (streams) {
        const started = {
          runId: answer.headers.get('x-run-id') ?? '',
          threadId: answer.headers.get('x-thread-id') ?? '',
        };
        history.add({ type: 'ok', op: 'start', case: plan.id, ...started });
        await reader.readBody(answer, leave);
        return started;
      }
      const { runId, threadId, status, response, output, code } = await readRunAnswer(answer);
      if (runId !== undefined) {
        const started = { runId, threadId: threadId ?? '' };
        history.add({ type: 'ok', op: 'start', case: plan.id, ...started });
        if (answer.status === 200 && response !== undefined) {
          history.add({ type: 'answer', case: plan.id, runId, status: status ?? '', response, output });
        }
        return started;
      }
      if (answer.status >= 500) {
        history.add({ type: 'unknown', op: 'start', case: plan.id, reason: `${answer.status} ${code}` });
        return 'unknown';
      }
      history.add({ type: 'fail', op: 'start', case: plan.id, status: answer.status, ...(code && { code }) });
      return answer.status === 409 && code === 'idempotency_key_in_use' ? 'unknown' : undefined;
    } catch (error) {
      history.add({ type: 'unknown', op: 'start', case: plan.id, reason: String(error) });
      return 'unknown';
    }
  }

  async #follow(caseId: string, runId: string, reader: EventReader): Promise<void> {
    await reader.readRest(runId);
    const { events, ended } = reader;
    this.#options.history.add({ type: 'read', case: caseId, runId, from: 'live', events, ended });
  }

  async #replay(caseId: string, runId: string, { apiKey }: LoadTenant): Promise<void> {
    const { urls, random, history } = this.#options;
    const reader = new EventReader({ urls, apiKey, random, leavesAfter: [] });
    await reader.readRest(runId);
    const { events, ended } = reader;
    history.add({ type: 'read', case: caseId, runId, from: 'replay', events, ended });
  }

  async #duplicate(caseId: string, start: ApiRequest): Promise<void> {
    const { history } = this.#options;
    history.add({ type: 'invoke', op: 'duplicate', case: caseId });
    const leave = new AbortController();
    try {
      const answer = await sendRequest({ ...start, url: this.#anyGateway(), leave });
      const streams = answer.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
      const runId = streams ? (answer.headers.get('x-run-id') ?? '') : (await readRunAnswer(answer)).runId;
      if (runId === undefined) history.add({ type: 'fail', op: 'duplicate', case: caseId, status: answer.status });
      else history.add({ type: 'ok', op: 'duplicate', case: caseId, runId });
    } catch (error) {
      history.add({ type: 'unknown', op: 'duplicate', case: caseId, reason: String(error) });
    } finally {
      leave.abort();
    }
  }

  async #cancel(caseId: string, runId: string, { apiKey }: LoadTenant, afterMs: number): Promise<void> {
    await sleep(afterMs);
    await this.#insist('cancel', caseId, { path: `/api/runs/${runId}/cancel`, method: 'POST', apiKey });
  }

  async #ask(caseId: string, runId: string, { apiKey }: LoadTenant): Promise<void> {
    const { history, random } = this.#options;
    for (let tries = 0; tries < 20; tries += 1) {
      try {
        const answer = await sendRequest({ url: this.#anyGateway(), path: `/api/runs/${runId}`, apiKey });
        const { status, response, output } = await readRunAnswer(answer);
        if (answer.ok) {
          const said = { status: status ?? '', response: response ?? null, output };
          history.add({ type: 'answer', case: caseId, runId, ...said });
          return;
        }
      } catch {
        // A gateway that is away is asked again.
      }
      await sleep(random.integer(100, 500));
    }
  }

  async #askAsForeigner(caseId: string, runId: string, own: LoadTenant): Promise<void> {
    const others = this.#options.tenants.filter(({ id }) => id !== own.id);
    if (others.length === 0) return;
    const { apiKey } = this.#options.random.pick(others);
    await this.#insist('foreign', caseId, { path: `/api/runs/${runId}`, apiKey });
  }

  /** Sends until somebody answers with something else than a server's trouble. */
  async #insist(
    op: Operation & ('cancel' | 'foreign'),
    caseId: string,
    request: Omit<ApiRequest, 'url'>,
  ): Promise<void> {
    const { history, random, urls } = this.#options;
    history.add({ type: 'invoke', op, case: caseId });
    const onUnknown = (reason: string) => history.add({ type: 'unknown', op, case: caseId, reason });
    const answered = await sendUntilAnswered(request, { urls, random, onUnknown });
    if (!answered) return;
    const { ok, status, runId, code } = answered;
    if (ok) history.add({ type: 'ok', op, case: caseId, runId: runId ?? '' });
    else history.add({ type: 'fail', op, case: caseId, status, ...(code && { code }) });
  }

  #anyGateway(): string {
    return this.#options.random.pick(this.#options.urls);
  }
}
