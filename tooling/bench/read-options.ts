import { parseArgs } from 'node:util';
import { allCells, type Cell, QUICK_CELLS } from './cells.js';

export interface BenchOptions {
  cells: Cell[];
  rounds: number;
  quick: boolean;
  standalone: boolean;
  /** Names of the processes to profile; undefined measures instead. */
  profile: string[] | undefined;
  /** Count SQL statements after the measurement. */
  statements: boolean;
  build: boolean;
  /** Measure the reference, too. */
  reference: boolean;
  /** More arguments for Node, for the measured server's processes. */
  nodeArgs: string[];
  jsonFile: string | undefined;
}

export const USAGE = `Usage: pnpm bench [options]

  --quick             one round of the cells that the goals need, about a minute (else three rounds of all, several minutes)
  --only W2,W3/300    only cells whose names begin so
  --rounds N          how often each cell is measured; medians are reported
  --standalone        measure the one-process server instead of one process an app
  --profile APPS      profile these processes under the load of the chosen cells (default W2/16) and print where CPU goes:
                      gateway,llm-worker, or all
  --no-reference      leave out the reference, which W1/1, W2/16 and W3 are compared with
  --node-args ARGS    more arguments for Node, for all processes of the measured server: "--max-semi-space-size=64 --no-opt"
  --no-statements     leave out the pass that counts SQL statements
  --no-build          take dist/ as it is
  --json FILE         write everything that was measured
`;

/** @throws Error with a message for people */
export function readOptions(args: string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    // `pnpm bench -- --quick` passes the dashes on.
    args: joinNodeArgs(args.filter((argument) => argument !== '--')),
    allowNegative: true,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string' },
      standalone: { type: 'boolean', default: false },
      profile: { type: 'string' },
      statements: { type: 'boolean', default: true },
      build: { type: 'boolean', default: true },
      reference: { type: 'boolean', default: true },
      'node-args': { type: 'string', default: '' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const { quick, standalone, statements, build, reference } = values;
  const rounds = Number(values.rounds ?? (quick ? 1 : 3));
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds must be a whole number, got '${values.rounds}'`);
  return {
    cells: chooseCells(quick, values.only ?? (values.profile === undefined ? undefined : 'W2/16')),
    rounds,
    quick,
    standalone,
    profile: values.profile?.split(','),
    statements,
    build,
    reference,
    nodeArgs: values['node-args'].split(' ').filter(Boolean),
    jsonFile: values.json,
  };
}

/** `parseArgs` takes a value that begins with dashes only behind an equals sign. */
function joinNodeArgs(args: string[]): string[] {
  const at = args.indexOf('--node-args');
  const value = args[at + 1];
  return at < 0 || value === undefined ? args : [...args.slice(0, at), `--node-args=${value}`, ...args.slice(at + 2)];
}

function chooseCells(quick: boolean, only: string | undefined): Cell[] {
  const cells = allCells(quick);
  if (only === undefined) return quick ? cells.filter((cell) => QUICK_CELLS.includes(cell.id)) : cells;
  const names = only.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !cells.some((cell) => isNamed(cell, name)));
  if (unknown !== undefined)
    throw new Error(`no cell is called '${unknown}'; there are ${cells.map(({ id }) => id).join(' ')}`);
  return cells.filter((cell) => names.some((name) => isNamed(cell, name)));
}

/** W1 is all of W1, W1/1 is not W1/16. */
function isNamed(cell: Cell, name: string): boolean {
  return cell.id === name || cell.id.startsWith(`${name}/`);
}
