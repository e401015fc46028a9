import { describe, expect, test } from '@jest/globals';
import { type ErrorCode, type ModelId, type RunEventBody, TroupeError } from '@troupe/contracts';
import type { Admission, ChatModel, LimitedCall, LimitFeedback, LimitScope, ModelRequest } from '@troupe/spec';
import { answer, ScriptedModel, type ScriptedTurn } from '@troupe/testing';
import type { CallPorts } from './call-ports.js';
import { ModelCaller } from './model-caller.js';
import type { PlannedCall } from './planned-call.js';

const REQUEST: ModelRequest = { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] };

const failing = (code: ErrorCode, options: { retryAfterMs?: number; after?: string } = {}): ScriptedTurn => ({
  type: 'error',
  error: new TroupeError({ code, fault: 'upstream', message: code, retryable: true, ...options }),
  ...(options.after !== undefined && { after: [{ type: 'text.delta', delta: options.after }] }),
});

const refused = (waitMs: number): Admission => ({ admitted: false, waitMs, dimension: 'rpm', position: 3 });

/** The world around a caller: models by name, answers of a limiter in order, and a clock that jumps. */
class World {
  readonly models = new Map<ModelId, ChatModel>();
  readonly asked: { scope: LimitScope; call: LimitedCall }[] = [];
  readonly settled: { id: string; input: number; output: number }[] = [];
  readonly left: string[] = [];
  readonly told: string[] = [];
  readonly pauses: LimitFeedback[] = [];
  readonly condemned: string[] = [];
  admissions: Admission[] = [];
  resting = new Set<string>();
  time = 0;

  script(id: ModelId, turns: ScriptedTurn[], accounts?: string[]): ScriptedModel {
    const model = new ScriptedModel(turns, { id, accounts });
    this.models.set(id, model);
    return model;
  }

  caller(changes: Partial<CallPorts> = {}): ModelCaller {
    return new ModelCaller({
      models: {
        defaultModel: 'a/one',
        resolve: (id) => {
          const model = this.models.get(id);
          if (model) return model;
          throw new TroupeError({ code: 'model_not_found', fault: 'caller', message: `no ${id}` });
        },
        list: async () => [],
      },
      limiter: {
        acquire: async (scope, call) => {
          this.asked.push({ scope, call });
          return this.admissions.shift() ?? { admitted: true };
        },
        renew: async () => {},
        settle: async (_scope, id, tokens) => {
          this.settled.push({ id, ...tokens });
        },
        leave: async (_scope, id) => {
          this.left.push(id);
        },
        tighten: async (_scope, feedback) => {
          this.pauses.push(feedback);
        },
        forgive: async () => {},
        state: async () => {
          throw new Error('nobody asks');
        },
      },
      rules: {
        scopeOf: (model, account) => ({ provider: model.split('/')[0] ?? '', account, model }),
        limitsOf: () => undefined,
      },
      breakers: {
        ask: async (route) =>
          this.resting.has(route) ? { allowed: false, retryAfterMs: 9_000 } : { allowed: true, probe: false },
        tell: async (route, outcome) => {
          this.told.push(`${route} ${outcome}`);
        },
        condemn: async (_provider, account) => {
          this.condemned.push(account);
        },
        livingAccounts: async (_provider, accounts) => accounts.filter((one) => !this.condemned.includes(one)),
      },
      clock: {
        now: () => this.time,
        sleep: async (milliseconds) => {
          this.time += milliseconds;
        },
        every: () => () => {},
      },
      random: () => 0.5,
      feedbackOf: () => undefined,
      onTrouble: (error) => {
        throw error;
      },
      ...changes,
    });
  }
}

function plan(routes: ModelId[], changes: Partial<PlannedCall> = {}): PlannedCall {
  return {
    id: 'run.0',
    routes,
    request: REQUEST,
    tenant: 't',
    priority: 'interactive',
    signal: new AbortController().signal,
    onEvent: () => {},
    ...changes,
  };
}

const outcomes = (attempts: readonly { model: string; error?: unknown }[]) =>
  attempts.map(({ model, error }) => `${model} ${error instanceof TroupeError ? error.code : 'completed'}`);

describe('ModelCaller', () => {
  test('an answer of the first route, with its tokens settled under the id that was granted', async () => {
    const world = new World();
    world.script('a/one', [answer('Hi')]);
    const result = await world.caller().call(plan(['a/one', 'b/two']));
    expect(result).toMatchObject({ type: 'answered', model: 'a/one', attempts: [{ number: 1, model: 'a/one' }] });
    expect(world.settled).toMatchObject([{ id: world.asked[0]?.call.id }]);
    expect(world.told).toEqual(['a/one succeeded']);
  });

  test('a route that fails before its first word is followed by the next without a sign', async () => {
    const world = new World();
    world.script('a/one', [failing('provider_overloaded')]);
    world.script('b/two', [answer('From the second')]);
    const events: RunEventBody[] = [];
    const result = await world.caller().call(plan(['a/one', 'b/two'], { onEvent: (event) => events.push(event) }));
    expect(result).toMatchObject({ type: 'answered', model: 'b/two' });
    expect(outcomes(result.attempts)).toEqual(['a/one provider_overloaded', 'b/two completed']);
    expect(events.every(({ type }) => type === 'text.delta')).toBe(true);
    expect(world.told).toEqual(['a/one failed', 'b/two succeeded']);
  });

  test('after its first word a route is not changed: what was said is counted, and the caller decides', async () => {
    const world = new World();
    world.script('a/one', [failing('provider_stream_interrupted', { after: 'Half a' })]);
    world.script('b/two', []);
    const result = await world.caller().call(plan(['a/one', 'b/two']));
    expect(result).toMatchObject({ type: 'failed', spoke: true });
    expect(result.attempts).toHaveLength(1);
    expect(result.attempts[0]?.usage.outputTokens).toBeGreaterThan(0);
  });

  test('a route that rests is not asked, and one that rests alone says for how long', async () => {
    const world = new World();
    world.resting.add('a/one');
    world.script('a/one', []);
    world.script('b/two', [answer('Hi')]);
    expect(await world.caller().call(plan(['a/one', 'b/two']))).toMatchObject({ type: 'answered', model: 'b/two' });
    const alone = await world.caller().call(plan(['a/one']));
    expect(alone).toMatchObject({ type: 'failed', error: { code: 'provider_unavailable', retryAfterMs: 9_000 } });
  });

  test('a key that is refused rests, and the next key of the provider is asked', async () => {
    const world = new World();
    world.script('a/one', [failing('provider_authentication_failed'), answer('Hi')], ['k1', 'k2']);
    const result = await world.caller().call(plan(['a/one']));
    expect(result).toMatchObject({ type: 'answered' });
    expect(world.condemned).toEqual(['k1']);
    expect(world.asked.map(({ scope }) => scope.account)).toEqual(['k1', 'k2']);
  });

  test('keys take turns', async () => {
    const world = new World();
    world.script('a/one', [answer('1'), answer('2'), answer('3')], ['k1', 'k2']);
    const caller = world.caller();
    for (let times = 0; times < 3; times += 1) await caller.call(plan(['a/one']));
    expect(world.asked.map(({ scope }) => scope.account)).toEqual(['k1', 'k2', 'k1']);
  });

  test('a short wait is spent in place under the same id', async () => {
    const world = new World();
    world.script('a/one', [answer('Hi')]);
    world.admissions = [refused(700), refused(200)];
    expect(await world.caller().call(plan(['a/one']))).toMatchObject({ type: 'answered' });
    expect(world.time).toBe(900);
    expect(new Set(world.asked.map(({ call }) => call.id)).size).toBe(1);
    expect(world.left).toEqual([]);
  });

  test('a long wait is told, keeps its place, and takes no call', async () => {
    const world = new World();
    world.script('a/one', []);
    world.admissions = [refused(30_000)];
    const result = await world.caller().call(plan(['a/one']));
    expect(result).toEqual({
      type: 'held',
      waitMs: 30_000,
      dimension: 'rpm',
      position: 3,
      model: 'a/one',
      attempts: [],
    });
    expect(world.left).toEqual([]);
  });

  test('whoever counts is told once of each wait that a limit asks for, whether it is spent in place or not', async () => {
    const world = new World();
    world.script('a/one', [answer('Hi')]);
    world.admissions = [refused(700), refused(200)];
    const waits: object[] = [];
    const caller = world.caller({ onWait: (wait) => waits.push(wait) });
    await caller.call(plan(['a/one']));
    world.admissions = [refused(30_000)];
    await caller.call(plan(['a/one']));
    expect(waits).toEqual([
      { model: 'a/one', dimension: 'rpm', waitMs: 700 },
      { model: 'a/one', dimension: 'rpm', waitMs: 30_000 },
    ]);
  });

  test('where one route is at its limit another answers, and the place in the first line is given up', async () => {
    const world = new World();
    world.script('a/one', []);
    world.script('b/two', [answer('Hi')]);
    world.admissions = [refused(30_000)];
    expect(await world.caller().call(plan(['a/one', 'b/two']))).toMatchObject({ type: 'answered', model: 'b/two' });
    expect(world.left).toHaveLength(1);
  });

  test('a provider that wants a pause is waited for like a limit, and everybody is told', async () => {
    const world = new World();
    world.script('a/one', [failing('provider_rate_limited', { retryAfterMs: 20_000 })]);
    const result = await world.caller().call(plan(['a/one']));
    expect(result).toMatchObject({ type: 'held', waitMs: 20_000, dimension: 'penalty' });
    expect(result.attempts[0]?.usage).toMatchObject({ inputTokens: 0, outputTokens: 0 });
    expect(world.pauses).toEqual([{ pauseMs: 20_000 }]);
  });

  test('a short pause that a provider asks for is spent in place', async () => {
    const world = new World();
    world.script('a/one', [failing('provider_rate_limited', { retryAfterMs: 1_200 }), answer('Hi')]);
    expect(await world.caller().call(plan(['a/one']))).toMatchObject({ type: 'answered' });
    expect(world.time).toBe(1_200);
  });

  test('a provider that wants one pause after the other is not asked for longer than patience lasts', async () => {
    const world = new World();
    world.script(
      'a/one',
      Array.from({ length: 3 }, () => failing('provider_rate_limited', { retryAfterMs: 900 })),
    );
    expect(await world.caller().call(plan(['a/one']))).toMatchObject({ type: 'held', waitMs: 900 });
  });

  test('a provider that refuses and says "at once" is not asked a thousand times', async () => {
    const world = new World();
    world.script(
      'a/one',
      Array.from({ length: 5 }, () => failing('provider_rate_limited', { retryAfterMs: 0 })),
    );
    const result = await world.caller().call(plan(['a/one']));
    expect(result).toMatchObject({ type: 'held', waitMs: 500 });
    expect(result.attempts).toHaveLength(5);
  });

  test('tries a failed route again as often as it was told, each under an id of its own', async () => {
    const world = new World();
    world.script('a/one', [failing('provider_unavailable'), failing('provider_timeout'), answer('Hi')]);
    const result = await world.caller().call(plan(['a/one'], { retries: 2 }));
    expect(outcomes(result.attempts)).toEqual([
      'a/one provider_unavailable',
      'a/one provider_timeout',
      'a/one completed',
    ]);
    expect(new Set(world.asked.map(({ call }) => call.id)).size).toBe(3);
  });

  test('retries of all calls together are bounded, so that a provider in trouble is not flooded', async () => {
    const world = new World();
    const caller = world.caller();
    let calls = 0;
    for (let times = 0; times < 40; times += 1) {
      world.script(
        'a/one',
        Array.from({ length: 3 }, () => failing('provider_unavailable')),
      );
      calls += (await caller.call(plan(['a/one'], { retries: 2 }))).attempts.length;
    }
    expect(calls).toBeLessThan(60);
    expect(calls).toBeGreaterThan(45);
  });

  test('what no route can mend ends the call at the first', async () => {
    const world = new World();
    world.script('a/one', [failing('provider_content_filtered')]);
    world.script('b/two', []);
    expect(await world.caller().call(plan(['a/one', 'b/two']))).toMatchObject({
      type: 'failed',
      error: { code: 'provider_content_filtered' },
    });
  });

  test('a model that is not there is passed over for the next', async () => {
    const world = new World();
    world.script('b/two', [answer('Hi')]);
    expect(await world.caller().call(plan(['a/gone', 'b/two']))).toMatchObject({ type: 'answered', model: 'b/two' });
    expect(await world.caller().call(plan(['a/gone']))).toMatchObject({
      type: 'failed',
      error: { code: 'model_not_found' },
      attempts: [],
    });
  });

  test('nothing is sent when the start is refused, and the reservation is given back', async () => {
    const world = new World();
    const model = world.script('a/one', []);
    const refusal = new TroupeError({ code: 'budget_exceeded', fault: 'caller', message: 'used up' });
    const onStart = () => Promise.reject(refusal);
    expect(await world.caller().call(plan(['a/one'], { onStart }))).toMatchObject({ type: 'failed', error: refusal });
    expect(model.requests).toEqual([]);
    expect(world.left).toHaveLength(1);
  });

  test('an abort ends it with its reason, and what was sent is accounted for', async () => {
    const world = new World();
    world.script('a/one', [{ type: 'hang', after: [{ type: 'text.delta', delta: 'Half' }] }]);
    const controller = new AbortController();
    const reason = new Error('enough');
    const onEvent = () => controller.abort(reason);
    const result = await world.caller().call(plan(['a/one'], { signal: controller.signal, onEvent }));
    expect(result).toMatchObject({ type: 'failed', error: reason, spoke: true });
    expect(world.settled).toHaveLength(1);
    expect(world.told).toEqual([]);
  });

  test('learns what calls take: the next estimate follows the last answers', async () => {
    const world = new World();
    const usage = { inputTokens: 400, outputTokens: 50 };
    world.script('a/one', [answer('Hi', { usage }), answer('Hi', { usage })]);
    const caller = world.caller();
    await caller.call(plan(['a/one']));
    await caller.call(plan(['a/one']));
    expect(world.asked[0]?.call.tokens.output).toBe(1_024);
    expect(world.asked[1]?.call.tokens).toEqual({ input: 400, output: 50 });
  });
});
