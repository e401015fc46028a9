import { parseArgs } from 'node:util';
import { type LimitPart, PARTS } from './limit-parts.js';

export interface LimitsBenchOptions {
  parts: LimitPart[];
  /** How long the load of each part lasts. */
  minutes: number;
  workers: number;
  /** Output tokens that the agents' calls may take; undefined: not said, so the limiter learns. */
  maxTokens: number | undefined;
  build: boolean;
  jsonFile: string | undefined;
}

export const LIMITS_USAGE = `Usage: pnpm bench:limits [options]

  --minutes N      how long each part lasts, 2 or more (default 3): windows are judged that begin after the first minute
  --workers N      llm-worker processes, 3 or more because two of them are killed (default 8)
  --max-tokens N   output tokens that a call may take, which is what is then reserved for it (default: not said)
  --only rpm|tpm   the part in which this limit binds (default: both, one after the other)
  --no-build       take dist/ as it is
  --json FILE      write everything that was measured
`;

/** The first minute and one whole window. */
const LEAST_MINUTES = 2;
const LEAST_WORKERS = 3;
/** The longest answer of the simulator in this measurement. Tokens. */
const LEAST_OUTPUT = 160;
const MOST_WORKERS = 64;

/** @throws Error with a message for people */
export function readLimitsOptions(args: string[]): LimitsBenchOptions | 'help' {
  const { values } = parseArgs({
    args: args.filter((argument) => argument !== '--'),
    allowNegative: true,
    options: {
      minutes: { type: 'string', default: '3' },
      workers: { type: 'string', default: '8' },
      'max-tokens': { type: 'string' },
      only: { type: 'string' },
      build: { type: 'boolean', default: true },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const minutes = Number(values.minutes);
  if (!(minutes >= LEAST_MINUTES))
    throw new Error(`--minutes must be ${LEAST_MINUTES} or more, got '${values.minutes}'`);
  const workers = Number(values.workers);
  if (!Number.isInteger(workers) || workers < LEAST_WORKERS || workers > MOST_WORKERS) {
    throw new Error(
      `--workers must be a whole number from ${LEAST_WORKERS} to ${MOST_WORKERS}, got '${values.workers}'`,
    );
  }
  const given = values['max-tokens'];
  const maxTokens = given === undefined ? undefined : Number(given);
  if (maxTokens !== undefined && !(Number.isInteger(maxTokens) && maxTokens >= LEAST_OUTPUT)) {
    throw new Error(`--max-tokens must be a whole number from ${LEAST_OUTPUT}, got '${given}'`);
  }
  const parts = PARTS.filter(({ name }) => values.only === undefined || values.only === name);
  if (parts.length === 0) throw new Error(`--only takes rpm or tpm, got '${values.only}'`);
  return { parts, minutes, workers, maxTokens, build: values.build, jsonFile: values.json };
}
