import { type ModelId, parseModelId, type RunEventBody, TroupeError } from '@troupe/contracts';
import type { Admission, ChatModel, LimitScope, ModelResponse, ModelUsage } from '@troupe/spec';
import { brokenOff, streamTurn } from '../turn/stream-turn.js';
import { estimateRequestTokens } from '../usage/estimate-request-tokens.js';
import { estimateTextTokens } from '../usage/token-sizes.js';
import { usageOfBrokenCall } from '../usage/usage-of-broken-call.js';
import type { CallEstimates, SizedRequest } from './call-estimates.js';
import type { CallPorts } from './call-ports.js';
import { type FailureKind, failureKindOf } from './failure-kind.js';
import type { CallAttempt, CallResult, PlannedCall } from './planned-call.js';
import type { Reservations } from './reservations.js';
import type { RetryBudget } from './retry-budget.js';

/** A wait of a limit that is shorter is spent in place; longer ones are for the caller to park. Milliseconds. */
const PATIENCE_MS = 2_000;
/** A key that was refused, or has no quota left, rests so long unless the provider says otherwise. Milliseconds. */
const CONDEMNED_MS = 5 * 60_000;
/** Where a provider says "too many requests" and not for how long. Milliseconds. */
const SHORT_PAUSE_MS = 1_000;
/** A provider that says "too many requests" and "at once" in one breath is not believed the second. Milliseconds. */
const LEAST_PAUSE_MS = 500;
/** Before another try of the same route, with full jitter. A provider that wants more time is left to the caller. Milliseconds. */
const BACKOFF_MS = 1_000;

type Held = Extract<CallResult, { type: 'held' }>;
type Refused = Extract<Admission, { admitted: false }>;

/** A way to the model that has not been tried yet, with what is known of it. */
interface Way {
  model: ChatModel;
  account: string;
  scope: LimitScope;
}

/** What the calls of a process share. */
export interface SharedState {
  estimates: CallEstimates;
  reservations: Reservations;
  retries: RetryBudget;
  /** Scopes whose providers asked for a pause: the next answer says that it is over. */
  paused: Set<string>;
  /** Counts calls, so that several keys of a provider take turns. */
  nextTurn(): number;
}

type RouteResult = CallResult | { type: 'next'; error: unknown };

/** One planned call on its way: which routes it has tried, and where it waits. */
export class CallInProgress {
  readonly #ports: CallPorts;
  readonly #planned: PlannedCall;
  readonly #attempts: CallAttempt[] = [];
  readonly #shared: SharedState;
  readonly #sized: SizedRequest;
  #patienceMs: number;
  /** The shortest wait of all that were asked for. */
  #held: Held | undefined;
  /** Scopes in whose line the call stands. */
  readonly #lines = new Map<LimitScope, string>();

  constructor(ports: CallPorts, planned: PlannedCall, shared: SharedState) {
    this.#ports = ports;
    this.#planned = planned;
    this.#shared = shared;
    this.#sized = { request: planned.request, inputTokens: estimateRequestTokens(planned.request) };
    this.#patienceMs = planned.patienceMs ?? PATIENCE_MS;
  }

  async run(): Promise<CallResult> {
    let result: CallResult;
    try {
      result = await this.#tryRoutes();
    } catch (error) {
      result = { type: 'failed', error, spoke: false, attempts: this.#attempts };
    }
    if (result.type !== 'held') this.#leaveLines();
    return result;
  }

  async #tryRoutes(): Promise<CallResult> {
    const { routes, signal } = this.#planned;
    let lastError: unknown;
    for (const route of routes) {
      signal.throwIfAborted();
      const result = await this.#tryRoute(route);
      if (result.type !== 'next') return result;
      lastError = result.error ?? lastError;
    }
    return this.#held ?? { type: 'failed', error: lastError, spoke: false, attempts: this.#attempts };
  }

  async #tryRoute(route: ModelId): Promise<RouteResult> {
    const { models, breakers } = this.#ports;
    let model: ChatModel;
    try {
      model = models.resolve(route);
    } catch (error) {
      return { type: 'next', error };
    }
    const verdict = await breakers.ask(route);
    if (!verdict.allowed) return { type: 'next', error: routeRests(route, verdict.retryAfterMs) };
    let lastError: unknown;
    for (let tries = 0; ; tries += 1) {
      const result = await this.#tryKeys(model);
      if (result.type !== 'next') return result;
      lastError = result.error ?? lastError;
      const wantedMs = retryAfterOf(lastError) ?? 0;
      const isPassing = failureKindOf(lastError) === 'route' && wantedMs <= BACKOFF_MS;
      const again = isPassing && tries < (this.#planned.retries ?? 0) && this.#shared.retries.spend();
      if (!again) return { type: 'next', error: lastError };
      const backoffMs = Math.max(wantedMs, this.#ports.random() * BACKOFF_MS * 2 ** tries);
      await this.#ports.clock.sleep(backoffMs, this.#planned.signal);
      this.#planned.signal.throwIfAborted();
    }
  }

  /** The keys of a provider one after the other, as long as it is a key that stands in the way. */
  async #tryKeys(model: ChatModel): Promise<RouteResult> {
    const ways = await this.#waysTo(model);
    let lastError: unknown;
    const waits: { way: Way; refused: Refused }[] = [];
    for (const way of ways) {
      const admission = await this.#ask(way);
      if (!admission.admitted) {
        waits.push({ way, refused: admission });
        continue;
      }
      const result = await this.#send(way);
      if (result.type !== 'next') return result;
      lastError = result.error;
      const pause = this.#pauseAfter(lastError);
      if (pause) waits.push({ way, refused: pause });
      else if (failureKindOf(lastError) !== 'key') return result;
    }
    const soonest = waits.sort((a, b) => a.refused.waitMs - b.refused.waitMs)[0];
    if (soonest) return this.#wait(soonest.way, soonest.refused);
    return { type: 'next', error: lastError };
  }

  /** Waits in place for as long as its patience lasts, then remembers how long it would still take. */
  async #wait(way: Way, refused: Refused): Promise<RouteResult> {
    const { clock, onWait } = this.#ports;
    const { signal } = this.#planned;
    let wait = refused;
    onWait?.({ model: way.model.id, dimension: wait.dimension, waitMs: wait.waitMs });
    while (wait.waitMs <= this.#patienceMs) {
      const before = clock.now();
      await clock.sleep(wait.waitMs, signal);
      signal.throwIfAborted();
      this.#patienceMs -= Math.max(1, clock.now() - before);
      const admission = await this.#ask(way);
      if (!admission.admitted) {
        wait = admission;
        continue;
      }
      const result = await this.#send(way);
      const pause = result.type === 'next' ? this.#pauseAfter(result.error) : undefined;
      if (!pause) return result;
      wait = pause;
    }
    if (!this.#held || wait.waitMs < this.#held.waitMs) {
      const { waitMs, dimension, position } = wait;
      this.#held = { type: 'held', waitMs, dimension, position, model: way.model.id, attempts: this.#attempts };
    }
    return { type: 'next', error: undefined };
  }

  /** A provider that wants a pause is waited for like any other limit. */
  #pauseAfter(error: unknown): Refused | undefined {
    if (failureKindOf(error) !== 'limit') return undefined;
    const wantedMs = retryAfterOf(error) ?? SHORT_PAUSE_MS * (1 + this.#ports.random());
    const waitMs = Math.max(wantedMs, LEAST_PAUSE_MS);
    return { admitted: false, waitMs, dimension: 'penalty', position: 1 };
  }

  async #waysTo(model: ChatModel): Promise<Way[]> {
    const { breakers, rules } = this.#ports;
    const { accounts, id } = model;
    const provider = parseModelId(id)?.provider ?? id;
    const living = accounts.length > 1 ? await breakers.livingAccounts(provider, accounts) : accounts;
    // A provider all of whose keys were refused is asked all the same: its answer says what to do.
    const usable = living.length > 0 ? living : accounts;
    const first = usable.length > 1 ? this.#shared.nextTurn() % usable.length : 0;
    const inTurn = [...usable.slice(first), ...usable.slice(0, first)];
    return inTurn.map((account) => ({ model, account, scope: rules.scopeOf(model.id, account) }));
  }

  async #ask(way: Way): Promise<Admission> {
    const { limiter, rules } = this.#ports;
    const { tenant, weight, priority } = this.#planned;
    const id = this.#reservationId();
    await this.#shared.estimates.recall(way.model.id);
    const tokens = this.#shared.estimates.of(way.model, this.#sized, rules.limitsOf(way.scope));
    const admission = await limiter.acquire(way.scope, { id, tokens, tenant, weight, priority });
    if (admission.admitted) this.#lines.delete(way.scope);
    else this.#lines.set(way.scope, id);
    return admission;
  }

  /** The same until a request has left, so that who waits keeps its place; another for each request. */
  #reservationId(): string {
    return `${this.#planned.id}.${this.#attempts.length}`;
  }

  async #send(way: Way): Promise<RouteResult> {
    const { model, scope } = way;
    const { request, onStart } = this.#planned;
    const id = this.#reservationId();
    const { reservations, estimates, retries } = this.#shared;
    const number = this.#attempts.length + 1;
    reservations.hold(scope, id);
    try {
      await onStart?.({ number, model: model.id, most: estimates.most(model, this.#sized), before: this.#attempts });
    } catch (error) {
      reservations.leave(scope, id);
      return { type: 'failed', error, spoke: false, attempts: this.#attempts };
    }
    if (number === 1) retries.earn();
    const heard = { characters: 0 };
    try {
      const response = await this.#listen(way, heard);
      this.#attempts.push({ number, model: model.id, usage: response.usage });
      reservations.settle(id, estimates.charged(model, request, response.usage));
      estimates.learn(model.id, this.#sized, response.usage);
      this.#tellOfSuccess(way, response);
      return { type: 'answered', response, model: model.id, attempts: this.#attempts };
    } catch (error) {
      const usage = this.#usageOf(error, heard.characters);
      this.#attempts.push({ number, model: model.id, error, usage });
      reservations.settle(id, { input: usage.inputTokens, output: usage.outputTokens });
      if (this.#planned.signal.aborted) return this.#failed(error, heard);
      const kind = failureKindOf(error);
      this.#tellOfFailure(way, kind, error);
      return kind === 'call' || heard.characters > 0 ? this.#failed(error, heard) : { type: 'next', error };
    }
  }

  async #listen({ model, account }: Way, heard: { characters: number }): Promise<ModelResponse> {
    const { request, signal, onEvent, onModelEvent } = this.#planned;
    if (onModelEvent) return this.#forward({ model, account }, onModelEvent, heard);
    if (!onEvent) return model.generate(request, { signal, account });
    const listener = (event: RunEventBody) => {
      if ('delta' in event.data) heard.characters += event.data.delta.length;
      onEvent(event);
    };
    return streamTurn(model, request, { signal, account, onEvent: listener });
  }

  async #forward(
    { model, account }: Pick<Way, 'model' | 'account'>,
    onModelEvent: NonNullable<PlannedCall['onModelEvent']>,
    heard: { characters: number },
  ): Promise<ModelResponse> {
    const { request, signal } = this.#planned;
    for await (const event of model.stream(request, { signal, account })) {
      if (event.type === 'completed') return event.response;
      // The name of a tool is a first word too.
      heard.characters += 'delta' in event ? event.delta.length : event.name.length;
      await onModelEvent(event);
    }
    signal.throwIfAborted();
    throw brokenOff(model.id);
  }

  #usageOf(error: unknown, characters: number): ModelUsage {
    const { inputTokens } = this.#sized;
    return usageOfBrokenCall(error, { inputTokens, outputTokens: estimateTextTokens(characters) });
  }

  #failed(error: unknown, { characters }: { characters: number }): CallResult {
    return { type: 'failed', error, spoke: characters > 0, attempts: this.#attempts };
  }

  #tellOfSuccess({ model, scope }: Way, response: ModelResponse): void {
    const { breakers, limiter, rules, feedbackOf } = this.#ports;
    this.#aside(breakers.tell(model.id, 'succeeded'));
    const wasPaused = this.#shared.paused.delete(nameOf(scope));
    // What is left at the provider concerns nobody where nothing is limited.
    const feedback = rules.limitsOf(scope) && feedbackOf(response);
    if (wasPaused || feedback) this.#aside(limiter.tighten(scope, { ...feedback, succeeded: true }));
  }

  #tellOfFailure({ model, account, scope }: Way, kind: FailureKind, error: unknown): void {
    const { breakers, limiter, feedbackOf } = this.#ports;
    const feedback = error instanceof Error ? feedbackOf(error) : undefined;
    const pauseMs = feedback?.pauseMs ?? retryAfterOf(error);
    switch (kind) {
      case 'route':
        this.#aside(breakers.tell(model.id, 'failed'));
        break;
      case 'key':
        this.#aside(breakers.condemn(scope.provider, account, pauseMs ?? CONDEMNED_MS));
        break;
      case 'limit':
        this.#shared.paused.add(nameOf(scope));
        this.#aside(
          limiter.tighten(scope, { ...feedback, pauseMs: Math.max(pauseMs ?? SHORT_PAUSE_MS, LEAST_PAUSE_MS) }),
        );
        break;
    }
  }

  /** Where it waited beside the one that let it through, and everywhere when it waits no more. */
  #leaveLines(): void {
    for (const [scope, id] of this.#lines) this.#shared.reservations.leave(scope, id);
  }

  #aside(work: Promise<void>): void {
    work.catch((error: unknown) => this.#ports.onTrouble(error));
  }
}

function nameOf({ provider, account, model }: LimitScope): string {
  return `${provider}:${account}:${model}`;
}

function retryAfterOf(error: unknown): number | undefined {
  return error instanceof TroupeError ? error.retryAfterMs : undefined;
}

function routeRests(route: ModelId, retryAfterMs: number): TroupeError {
  return new TroupeError({
    code: 'provider_unavailable',
    fault: 'upstream',
    retryable: true,
    retryAfterMs,
    message: `${route} failed too often of late and is left alone for ${Math.ceil(retryAfterMs / 1_000)} s. Name a fallback model, or try again then.`,
  });
}
