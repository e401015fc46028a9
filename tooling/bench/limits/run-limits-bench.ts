import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { judgePart } from './judge-part.js';
import { LIMITS } from './limit-parts.js';
import { withLimitsStand } from './limits-stand.js';
import { measurePart, type PartMeasure } from './measure-part.js';
import { limitsReportText } from './print-limits-report.js';
import { LIMITS_USAGE, readLimitsOptions } from './read-limits-options.js';

const root = join(import.meta.dirname, '../../..');
const say = (line: string) => process.stderr.write(`${line}\n`);
/** How many lines of what the server complained about are shown. */
const SHOWN_LINES = 5;

/** The whole command. Answers its exit code: 1 when a goal was missed. */
export async function runLimitsBench(args: string[]): Promise<number> {
  const options = readLimitsOptions(args);
  if (options === 'help') {
    process.stdout.write(LIMITS_USAGE);
    return 0;
  }
  const { parts, minutes, workers, maxTokens, jsonFile } = options;
  if (options.build) build();
  const startedAt = new Date().toISOString();
  const measures: PartMeasure[] = [];
  for (const part of parts) {
    say(`${part.name} binds: ${workers} workers, ${minutes} minutes`);
    const measure = await withLimitsStand({ root, part, workers, maxTokens, say }, (stand) =>
      measurePart(stand, { part, minutes, workers, say }),
    );
    for (const line of measure.logged.slice(0, SHOWN_LINES)) say(line);
    measures.push(measure);
  }
  const goals = measures.flatMap(judgePart);
  process.stdout.write(`\n${limitsReportText(measures, goals)}\n`);
  if (jsonFile !== undefined) {
    const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
    writeFileSync(
      jsonFile,
      `${JSON.stringify({ startedAt, machine, limits: LIMITS, maxTokens, goals, measures }, undefined, 1)}\n`,
    );
  }
  return goals.every(({ reached }) => reached) ? 0 : 1;
}

function build(): void {
  say('building what changed');
  execFileSync('pnpm', ['exec', 'turbo', 'run', 'build', '--output-logs=errors-only'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
  });
}
