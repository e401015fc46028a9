import type { CommandContext } from '../command-context.js';
import { describeNumbers, nameOfLimit } from '../describe-limit.js';
import { limitsTable } from '../limits-table.js';

/** `troupe limits`: what providers allow and how much of it is left. Returns the exit code. */
export async function limits(context: CommandContext, options: { json?: boolean }): Promise<number> {
  const { client, screen } = context;
  const [all, usages] = await Promise.all([client.limits.list(), client.limits.state()]);
  if (options.json) {
    screen.line(JSON.stringify({ limits: all, state: usages }));
    return 0;
  }
  if (all.length === 0) {
    screen.notice('Nothing is limited. To change that: troupe limits set openai/gpt-4o --rpm 500 --tpm 30000');
    return 0;
  }
  for (const line of limitsTable(all, usages)) screen.line(line);
  for (const limit of all.filter(({ in_effect }) => !in_effect)) {
    const hidden = `${nameOfLimit(limit)} of the ${limit.source} (${describeNumbers(limit)})`;
    screen.notice(`Not in effect: ${hidden}. A stronger source has one for the same model.`);
  }
  return 0;
}
