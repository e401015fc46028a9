import type { CallLimits } from '@troupe/spec';
import fc from 'fast-check';

/** Something that happens to a scope, a while after what happened before. */
export type LimiterAct = { afterMs: number } & (
  | { do: 'acquire'; call: number; input: number; output: number; tenant: number; weight: number; background: boolean }
  | { do: 'settle'; call: number; input: number; output: number }
  | { do: 'leave'; call: number }
  | { do: 'renew'; call: number }
  | { do: 'pause'; pauseMs: number }
  | { do: 'succeed' }
  | { do: 'lower'; requests: number; tokens: number }
);

const tokens = fc.integer({ min: 0, max: 60 });
const call = fc.nat({ max: 40 });
/** Bursts, steady work, and quiet times. */
const afterMs = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 2_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 2_000, max: 90_000 }) },
);

export const limiterActs: fc.Arbitrary<LimiterAct> = fc.oneof(
  {
    weight: 14,
    arbitrary: fc.record({
      do: fc.constant('acquire' as const),
      afterMs,
      call,
      input: tokens,
      output: tokens,
      tenant: fc.nat({ max: 3 }),
      weight: fc.constantFrom(1, 1, 2, 0.5),
      background: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('settle' as const), afterMs, call, input: tokens, output: tokens }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), afterMs, call }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('renew' as const), afterMs, call }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('pause' as const), afterMs, pauseMs: fc.integer({ min: 1, max: 200_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('succeed' as const), afterMs }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('lower' as const),
      afterMs,
      requests: fc.nat({ max: 10 }),
      tokens: fc.nat(50),
    }),
  },
);

const limit = (min: number, max: number) => fc.option(fc.integer({ min, max }), { nil: undefined });

/** At least the largest call of a schedule fits. */
export const limitsOfSchedule: fc.Arbitrary<CallLimits> = fc
  .record({
    rpm: limit(1, 100),
    tpm: limit(120, 3_000),
    inputTpm: limit(60, 2_000),
    outputTpm: limit(60, 2_000),
    rpd: limit(3, 200),
    maxConcurrency: limit(1, 20),
  })
  .filter((limits) => Object.values(limits).some((one) => one !== undefined));
