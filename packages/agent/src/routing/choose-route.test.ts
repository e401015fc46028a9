import { describe, expect, test } from '@jest/globals';
import type { ContentPart, Routing, RoutingConditions } from '@troupe/contracts';
import type { ModelRequest } from '@troupe/spec';
import { asksForBudget, type ChosenRoute, chooseRoute, type RouteQuestion } from './choose-route.js';

const TIERS = { simple: 'a/small', complex: 'a/large', pictures: 'b/seeing' };
const said = (...content: ContentPart[]): ModelRequest => ({ messages: [{ role: 'user', content }] });
/** So many tokens, as estimated. */
const long = (tokens: number): ModelRequest => said({ type: 'text', text: 'x'.repeat(tokens * 4) });
const IMAGE: ContentPart = { type: 'image', source: { type: 'url', url: 'https://a.test/a.png' } };
const FILE: ContentPart = {
  type: 'file',
  name: 'a.pdf',
  media_type: 'application/pdf',
  source: { type: 'url', url: 'https://a.test/a.pdf' },
};
const withTools = (request: ModelRequest): ModelRequest => ({
  ...request,
  tools: [{ name: 'calculate', description: 'Calculates.', parameters: { type: 'object' } }],
});

interface Changes extends Partial<Omit<RouteQuestion, 'configuration'>> {
  routing?: Routing | undefined;
  fallbacks?: string[];
}

function choose({ routing, fallbacks, ...changes }: Changes = {}): ChosenRoute {
  return chooseRoute({
    model: 'a/own',
    options: {},
    configuration: { ...(routing && { routing }), ...(fallbacks && { fallback_models: fallbacks }) },
    request: long(10),
    turn: 1,
    answered: null,
    ...changes,
  });
}

/** Whether a rule with these conditions, and no other, chooses. */
function holds(when: RoutingConditions, changes: Changes): boolean {
  return choose({ ...changes, routing: { tiers: TIERS, rules: [{ when, use: 'complex' }] } }).reason === 'rule';
}

describe('without routing', () => {
  test('the model of the run is asked, then the fallbacks of the request, else those of the agent', () => {
    expect(choose({ fallbacks: ['b/other', 'a/own'] })).toEqual({
      models: ['a/own', 'b/other'],
      tier: null,
      rule: null,
      reason: 'agent_model',
    });
    const options = { fallback_models: ['c/third'] };
    expect(choose({ fallbacks: ['b/other'], options }).models).toEqual(['a/own', 'c/third']);
  });

  test('a fallback that answered keeps the run, and the model that failed comes next', () => {
    const answered = { model: 'b/other', tier: null };
    expect(choose({ fallbacks: ['b/other', 'c/third'], answered, turn: 2 })).toEqual({
      models: ['b/other', 'a/own', 'c/third'],
      tier: null,
      rule: null,
      reason: 'kept',
    });
  });

  test('a tier is refused', () => {
    expect(() => choose({ options: { tier: 'simple' } })).toThrow('This agent has no tiers.');
  });
});

describe('what decides', () => {
  const routing: Routing = {
    tiers: TIERS,
    default: 'simple',
    rules: [
      { when: { has_images: true }, use: 'pictures' },
      { when: { min_input_tokens: 1_000 }, use: 'complex' },
    ],
  };

  test('is the first rule that holds, with the fallbacks after its model', () => {
    const request = said(IMAGE, { type: 'text', text: 'x'.repeat(40_000) });
    expect(choose({ routing, request, fallbacks: ['a/own'] })).toEqual({
      models: ['b/seeing', 'a/own'],
      tier: 'pictures',
      rule: 0,
      reason: 'rule',
    });
    expect(choose({ routing, request: long(1_000) })).toMatchObject({ models: ['a/large'], rule: 1 });
  });

  test('is the default where no rule holds, and the model of the run where there is none', () => {
    expect(choose({ routing })).toEqual({ models: ['a/small'], tier: 'simple', rule: null, reason: 'default_tier' });
    expect(choose({ routing: { tiers: TIERS } })).toMatchObject({
      models: ['a/own'],
      tier: null,
      reason: 'agent_model',
    });
  });

  test('is a tier of the request before all rules', () => {
    const options = { tier: 'simple' };
    expect(choose({ routing, request: long(2_000), options })).toEqual({
      models: ['a/small'],
      tier: 'simple',
      rule: null,
      reason: 'request_tier',
    });
  });

  test('is a model of the request before everything', () => {
    const options = { model: 'a/own', tier: 'simple' };
    expect(choose({ routing, options, request: said(IMAGE) })).toMatchObject({
      models: ['a/own'],
      tier: null,
      reason: 'request_model',
    });
  });

  test.each(['comlex', 'constructor'])('is never a tier that is not there: %s', (tier) => {
    expect(() => choose({ routing, options: { tier } })).toThrow(`There is no tier "${tier}".`);
  });
});

describe('a rule holds by', () => {
  test('input tokens, both ends included', () => {
    const when = { min_input_tokens: 10, max_input_tokens: 20 };
    const held = [9, 10, 20, 21].filter((tokens) => holds(when, { request: long(tokens) }));
    expect(held).toEqual([10, 20]);
    expect(holds({ max_input_tokens: 0 }, { request: said() })).toBe(true);
  });

  test.each([
    ['has_tools', withTools(long(1))],
    ['has_images', said(IMAGE)],
    ['has_files', said(FILE)],
  ] as const)('%s, or that there are none', (name, request) => {
    expect(holds({ [name]: true }, { request })).toBe(true);
    expect(holds({ [name]: true }, { request: long(1) })).toBe(false);
    expect(holds({ [name]: false }, { request })).toBe(false);
    expect(holds({ [name]: false }, { request: long(1) })).toBe(true);
  });

  test('the turn', () => {
    const held = [1, 2, 3, 4].filter((turn) => holds({ min_turn: 2, max_turn: 3 }, { turn }));
    expect(held).toEqual([2, 3]);
  });

  test('what budgets have left, where any binds the call', () => {
    const when = { budget_below_usd: 5 };
    expect(holds(when, { budgetLeftUsd: 4.99 })).toBe(true);
    expect(holds(when, { budgetLeftUsd: 0 })).toBe(true);
    expect(holds(when, { budgetLeftUsd: 5 })).toBe(false);
    expect(holds(when, {})).toBe(false);
  });

  test('all of its conditions, and always without any', () => {
    const when = { has_images: true, has_tools: true };
    expect(holds(when, { request: said(IMAGE) })).toBe(false);
    expect(holds(when, { request: withTools(said(IMAGE)) })).toBe(true);
    expect(holds({}, {})).toBe(true);
  });
});

describe('within a run', () => {
  const routing: Routing = {
    tiers: TIERS,
    default: 'simple',
    rules: [
      { when: { min_turn: 3 }, use: 'complex' },
      { when: { has_images: true }, use: 'pictures' },
    ],
  };
  const simple = { model: 'a/small', tier: 'simple' };

  test('the model that answered is kept, whatever other rules say by now', () => {
    expect(choose({ routing, turn: 2, request: said(IMAGE), answered: simple, fallbacks: ['c/third'] })).toEqual({
      models: ['a/small', 'c/third'],
      tier: 'simple',
      rule: null,
      reason: 'kept',
    });
  });

  test('a fallback that answered is kept before the model of its tier', () => {
    const answered = { model: 'c/third', tier: 'simple' };
    expect(choose({ routing, turn: 2, answered, fallbacks: ['c/third', 'd/fourth'] }).models).toEqual([
      'c/third',
      'a/small',
      'd/fourth',
    ]);
  });

  test('a rule of turns leads to its tier, once', () => {
    expect(choose({ routing, turn: 3, answered: simple })).toMatchObject({
      models: ['a/large'],
      rule: 0,
      reason: 'rule',
    });
    const answered = { model: 'c/third', tier: 'complex' };
    expect(choose({ routing, turn: 4, answered })).toMatchObject({ models: ['c/third', 'a/large'], reason: 'kept' });
  });

  test('a model or a tier of the request changes nothing any more', () => {
    const answered = { model: 'c/third', tier: null };
    const options = { model: 'a/own' };
    expect(choose({ routing, turn: 3, options, answered })).toMatchObject({
      models: ['c/third', 'a/own'],
      reason: 'kept',
    });
  });
});

test('budgets are asked for only where a rule speaks of them and nothing else decides', () => {
  const routing: Routing = { tiers: TIERS, rules: [{ when: { budget_below_usd: 1 }, use: 'simple' }] };
  expect(asksForBudget({ options: {}, configuration: { routing } })).toBe(true);
  expect(asksForBudget({ options: { tier: 'simple' }, configuration: { routing } })).toBe(false);
  expect(asksForBudget({ options: { model: 'a/own' }, configuration: { routing } })).toBe(false);
  expect(asksForBudget({ options: {}, configuration: { routing: { tiers: TIERS } } })).toBe(false);
  expect(asksForBudget({ options: {}, configuration: {} })).toBe(false);
});
