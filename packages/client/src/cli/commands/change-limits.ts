import { type LimitKey, type LimitNumbers, type LimitUsage, parseModelId } from '@troupe/contracts';
import type { CommandContext } from '../command-context.js';
import { describeNumbers, nameOfLimit } from '../describe-limit.js';
import { UsageError } from '../usage-error.js';

export interface LimitKeyOptions {
  account?: string;
  json?: boolean;
}

export interface SetLimitOptions extends LimitKeyOptions {
  rpm?: number;
  tpm?: number;
  inputTpm?: number;
  outputTpm?: number;
  rpd?: number;
  maxConcurrency?: number;
}

/** `troupe limits set <provider/model>`. Returns the exit code. */
export async function setLimit(
  { client, screen }: CommandContext,
  options: SetLimitOptions,
  name: string,
): Promise<number> {
  const numbers = numbersOf(options);
  if (Object.keys(numbers).length === 0) {
    throw new UsageError('There is no number. Give one at least: --rpm, --tpm, --input-tpm, --output-tpm, --rpd, ...');
  }
  const limit = await client.limits.set({ ...keyOf(name, options), ...numbers });
  screen.line(options.json ? JSON.stringify(limit) : `${nameOfLimit(limit)}: ${describeNumbers(limit)}`);
  return 0;
}

/** `troupe limits remove <provider/model>`. Returns the exit code. */
export async function removeLimit(
  { client, screen }: CommandContext,
  options: LimitKeyOptions,
  name: string,
): Promise<number> {
  const key = keyOf(name, options);
  await client.limits.remove(key);
  screen.notice(`The limit of ${nameOfLimit(key)} is removed.`);
  return 0;
}

/** `troupe limits forgive <provider/model>`. Returns the exit code. */
export async function forgiveLimit(
  { client, screen }: CommandContext,
  options: LimitKeyOptions,
  name: string,
): Promise<number> {
  const usages = await client.limits.forgive(keyOf(name, options));
  if (options.json) {
    screen.line(JSON.stringify(usages));
    return 0;
  }
  for (const usage of usages) screen.line(`${nameOfLimit(usage)}: ${describeUsage(usage)}`);
  if (usages.length === 0) screen.notice('Its provider has no key here, so nothing can be paused.');
  return 0;
}

function describeUsage({ paused_until, under_way, waiting }: LimitUsage): string {
  const pause = paused_until === null ? 'not paused' : `paused until ${paused_until}`;
  return `${pause}, ${under_way} under way, ${waiting} waiting`;
}

function keyOf(name: string, { account }: LimitKeyOptions): LimitKey {
  const parsed = parseModelId(name);
  if (parsed === undefined) throw new UsageError(`"${name}" names no model. One is written like openai/gpt-4o.`);
  return { ...parsed, ...(account !== undefined && { account }) };
}

function numbersOf({ rpm, tpm, inputTpm, outputTpm, rpd, maxConcurrency }: SetLimitOptions): LimitNumbers {
  return {
    ...(rpm !== undefined && { rpm }),
    ...(tpm !== undefined && { tpm }),
    ...(inputTpm !== undefined && { input_tpm: inputTpm }),
    ...(outputTpm !== undefined && { output_tpm: outputTpm }),
    ...(rpd !== undefined && { rpd }),
    ...(maxConcurrency !== undefined && { max_concurrency: maxConcurrency }),
  };
}
