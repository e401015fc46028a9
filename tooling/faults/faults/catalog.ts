import { failpointFaults } from './failpoint-faults.js';
import type { FaultKind } from './fault-kind.js';
import { killFaults } from './kill-faults.js';
import { postgresFaults } from './postgres-faults.js';
import { processFaults } from './process-faults.js';
import { redisFaults } from './redis-faults.js';
import { upstreamFaults } from './upstream-faults.js';

/** Every way to do harm. */
export const FAULTS: readonly FaultKind[] = [
  ...killFaults,
  ...failpointFaults,
  ...processFaults,
  ...redisFaults,
  ...postgresFaults,
  ...upstreamFaults,
];

/**
 * How often a family is drawn, compared with others. `pair` is two faults of other families at once. Faults that last are drawn less:
 * while they do, nothing else happens.
 */
export const FAMILY_WEIGHTS: Readonly<Record<string, number>> = {
  kill: 10,
  failpoint: 10,
  'failpoint-stop': 2,
  freeze: 2,
  drain: 3,
  'crash-loop': 0.5,
  redis: 3,
  'redis-minute': 0.05,
  'lost-redis-reply': 4,
  postgres: 2,
  'postgres-freeze': 0.5,
  'lost-commit': 8,
  partition: 2,
  provider: 8,
  tool: 6,
  pair: 4,
};

export const FAMILIES = Object.keys(FAMILY_WEIGHTS);
