import { TroupeError } from '@troupe/contracts';
import type { NewAgentConfiguration } from '@troupe/spec';

/** What one `Agent` cannot do by itself, and who can. */
const DONE_BY = {
  handoffs: 'AgentRunner',
  agents: 'AgentRunner',
  output_schema: 'AgentRunner',
  routing: 'a server',
} as const satisfies Partial<Record<keyof NewAgentConfiguration, string>>;

/** @throws TroupeError `invalid_request` for a configuration that means more than an `Agent` would do */
export function refuseUnsupported(configuration: NewAgentConfiguration): void {
  const problems = Object.entries(DONE_BY)
    .filter(([field]) => configuration[field as keyof typeof DONE_BY] !== undefined)
    .map(([field, who]) => `${field} is for ${who}`);
  if (configuration.on_interruption === 'restart') problems.push('on_interruption: restart is for a server');
  if (problems.length === 0) return;
  throw new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message: `An Agent by itself cannot be all that its configuration says: ${problems.join('; ')}.`,
    details: { problems },
  });
}
