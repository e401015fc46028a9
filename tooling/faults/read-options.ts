import { parseArgs } from 'node:util';
import { FAMILIES, FAULTS } from './faults/catalog.js';

export interface FaultOptions {
  /** `slice`: a fixed list. The others draw from the families. */
  mode: 'slice' | 'drawn';
  seed: number;
  /** Faults and minutes after which no new one is begun; whichever comes first. */
  maxFaults: number;
  maxMinutes: number;
  families: string[];
  /** These faults in this order, again and again, in place of families. */
  named: string[] | undefined;
  /** Between two faults, on average, in seconds; undefined: less than a second. */
  pauseSeconds: number | undefined;
  clients: number;
  productionTimers: boolean;
  jsonFile: string | undefined;
  build: boolean;
}

export interface SumOptions {
  mode: 'sum';
  files: string[];
}

export const USAGE = `Usage: pnpm faults [options]

  --slice             a fixed list of the most telling faults, about two minutes: the part that the tests run
  --nightly           100 minutes of everything
  --release           as many faults as the published numbers are made of; many hours, so give --minutes and add up parts
  --minutes N         begin no fault after so many minutes (default 5)
  --faults N          begin no more than so many
  --only A,B          only these families: ${FAMILIES.join(', ')}
  --named A,B         only these faults, as reports name them, in turn: for what is seldom met
  --pause S           seconds between two faults on average (default 0.4): with fewer than a lease no worker lives long enough
                      to take over what another one left, and recovery times say nothing
  --seed N            the same faults in the same order as another run
  --clients N         runs under way at once (default 30, with --slice 16)
  --production-timers a lease of 15 s and not of 2 s, for numbers that are published
  --json FILE         write all results
  --sum FILE...       add up the results of several runs and print them; runs nothing
  --no-build          take dist/ as it is
`;

const RELEASE_FAULTS = 7_000;

/** @throws Error with a message for people */
export function readOptions(args: string[]): FaultOptions | SumOptions | 'help' {
  const { values, positionals } = parseArgs({
    // `pnpm faults -- --slice` passes the dashes on.
    args: args.filter((argument) => argument !== '--'),
    allowNegative: true,
    allowPositionals: true,
    options: {
      slice: { type: 'boolean', default: false },
      nightly: { type: 'boolean', default: false },
      release: { type: 'boolean', default: false },
      minutes: { type: 'string' },
      faults: { type: 'string' },
      only: { type: 'string' },
      named: { type: 'string' },
      pause: { type: 'string' },
      seed: { type: 'string' },
      clients: { type: 'string' },
      'production-timers': { type: 'boolean', default: false },
      json: { type: 'string' },
      sum: { type: 'boolean', default: false },
      build: { type: 'boolean', default: true },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (values.sum) return { mode: 'sum', files: positionals };
  const { slice, nightly, release } = values;
  const number = (name: 'minutes' | 'faults' | 'pause' | 'seed' | 'clients', fallback: number) => {
    const text = values[name];
    if (text === undefined) return fallback;
    const value = Number(text);
    if (text === '' || !(value >= 0)) throw new Error(`--${name} must be a number, got '${text}'`);
    return value;
  };
  const minutes = nightly ? 100 : release || slice || values.faults !== undefined ? Number.POSITIVE_INFINITY : 5;
  return {
    mode: slice ? 'slice' : 'drawn',
    seed: number('seed', Math.floor(Math.random() * 2 ** 31)),
    maxFaults: number('faults', release ? RELEASE_FAULTS : Number.POSITIVE_INFINITY),
    maxMinutes: number('minutes', minutes),
    families: chooseFamilies(values.only),
    named: chooseFaults(values.named),
    pauseSeconds: values.pause === undefined ? undefined : number('pause', 0),
    clients: number('clients', slice ? 16 : 30),
    productionTimers: values['production-timers'],
    jsonFile: values.json,
    build: values.build,
  };
}

function chooseFaults(named: string | undefined): string[] | undefined {
  const names = named?.split(',').map((name) => name.trim());
  const unknown = names?.find((name) => !FAULTS.some((fault) => fault.name === name));
  if (unknown !== undefined) throw new Error(`no fault is called '${unknown}'`);
  return names;
}

function chooseFamilies(only: string | undefined): string[] {
  if (only === undefined) return FAMILIES;
  const names = only.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !FAMILIES.includes(name));
  if (unknown !== undefined) throw new Error(`no family is called '${unknown}'; there are ${FAMILIES.join(' ')}`);
  return names;
}
