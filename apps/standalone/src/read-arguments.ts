import { parseArgs } from 'node:util';

export interface Arguments {
  help: boolean;
  /** Every app as its own process, as in production. */
  split: boolean;
  gateways: number;
  llmWorkers: number;
  toolWorkers: number;
}

export const USAGE = `Usage: npm start [-- options]

  --split              run every app as its own process, as in production
  --gateways N         with --split: gateways, on PORT, PORT + 1, ... (default 1)
  --llm-workers N      with --split: processes that call models (default 1)
  --tool-workers N     with --split: processes that run tools (default 1)
  --help               show this

docs/configuration.md lists the settings that are read from the environment.`;

/** Processes of one kind on one machine: more are a typing mistake. */
const MAX_PROCESSES = 64;

/** @throws Error with a message for the terminal */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false },
      split: { type: 'boolean', default: false },
      gateways: { type: 'string' },
      'llm-workers': { type: 'string' },
      'tool-workers': { type: 'string' },
    },
  });
  for (const name of ['gateways', 'llm-workers', 'tool-workers'] as const) {
    if (values[name] !== undefined && !values.split) throw new Error(`--${name} needs --split.\n\n${USAGE}`);
  }
  return {
    help: values.help,
    split: values.split,
    gateways: readCount('--gateways', values.gateways),
    llmWorkers: readCount('--llm-workers', values['llm-workers']),
    toolWorkers: readCount('--tool-workers', values['tool-workers']),
  };
}

function readCount(name: string, text = '1'): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MAX_PROCESSES) return count;
  throw new Error(`${name} takes a whole number from 1 to ${MAX_PROCESSES}, not "${text}".\n\n${USAGE}`);
}
