import type { CommandContext } from '../command-context.js';
import { everyItem } from '../every-item.js';
import { formatTable } from '../format-table.js';

/** `troupe agents`: who can be talked to. Returns the exit code. */
export async function agents({ client, screen }: CommandContext, options: { json?: boolean }): Promise<number> {
  const all = await everyItem((cursor) => client.agents.list(cursor === undefined ? {} : { cursor }));
  if (options.json) {
    screen.line(JSON.stringify(all));
    return 0;
  }
  const rows = all.map((agent) => [agent.slug, agent.name, agent.model ?? '(default model)', agent.tools.join(', ')]);
  for (const line of formatTable([['AGENT', 'NAME', 'MODEL', 'TOOLS'], ...rows])) screen.line(line);
  return 0;
}
