import { expect, test } from '@jest/globals';
import { judgePart, usedShare } from './judge-part.js';
import type { PartMeasure, WindowSample } from './measure-part.js';

const spread = { p10: 0, p50: 0, p90: 0 };

function measured(changes: Partial<PartMeasure> = {}): PartMeasure {
  const killed = { name: 'llm-worker-1', atMs: 1, backAfterMs: 1 };
  return {
    part: { name: 'rpm', answerTokens: [40] },
    workers: 8,
    durationMs: 180_000,
    samples: Array.from({ length: 180 }, (_, index) => sample(index + 1, 580)),
    limiter: [],
    provider: {
      requests: { limit: 600, current: 580, peak: 586, total: 1_740 },
      tokens: { limit: 60_000, current: 50_000, peak: 51_000, total: 150_000 },
      refused: 0,
    },
    killed: [killed, killed],
    waits: { runs: 0, parkings: 0, dimensions: {}, told: spread, real: spread, late: spread },
    firstRuns: [
      { background: false, delayMs: 200, turns: 1, callsBefore: 3 },
      { background: true, delayMs: 4_000, turns: 9, callsBefore: 30 },
    ],
    runs: { completed: 1_700, queued: 300 },
    retried: 0,
    servedByTenant: [1, 1, 1, 1],
    redis: { cpuMs: 1, coreShare: 0.1 },
    load: 1,
    logged: [],
    ...changes,
  };
}

function sample(second: number, requests: number): WindowSample {
  return { atMs: second * 1_000, requests, tokens: requests * 80 };
}

function missed(changes: Partial<PartMeasure>): string[] {
  return judgePart(measured(changes)).flatMap(({ goal, reached }) => (reached ? [] : [goal]));
}

test('the beginning is not judged, nor a window that holds some of it', () => {
  const samples = [sample(59, 10), sample(61, 300), sample(124, 540), sample(125, 579), sample(126, 581)];
  expect(usedShare(measured({ samples }))).toEqual({
    median: 580 / 600,
    min: 579 / 600,
    minWithFirstMinute: 0.5,
  });
});

test('the limit that binds is the one that has to be used', () => {
  const samples = [sample(125, 400), sample(126, 740)];
  expect(usedShare(measured({ part: { name: 'tpm', answerTokens: [1] }, samples })).min).toBeCloseTo(32_000 / 60_000);
});

test('everything is reached, however long first runs of the background take', () => {
  expect(missed({})).toEqual([]);
});

test('whatever is missed is named', () => {
  const { provider } = measured();
  expect(missed({ provider: { ...provider, requests: { ...provider.requests, peak: 601 } } })).toEqual([
    'rpm: requests in the fullest 60 s',
  ]);
  expect(missed({ provider: { ...provider, refused: 1 } })).toEqual(['rpm: refused by the provider']);
  expect(missed({ samples: [sample(125, 569), sample(126, 580), sample(127, 580)] })).toEqual([
    'rpm: used of the limit, least',
  ]);
  expect(missed({ retried: 1 })).toEqual(['rpm: runs that failed or were tried again']);
  expect(missed({ firstRuns: [{ background: false, delayMs: 1, turns: 2, callsBefore: 5 }] })).toEqual([
    "rpm: turns before another tenant's first run",
  ]);
  expect(missed({ killed: [] })).toEqual(['rpm: workers killed meanwhile']);
});
