import { type AgentDefinition, TroupeError } from '@troupe/contracts';
import type { AgentOptions } from './agent-options.js';

/** @throws TroupeError `invalid_request` for an agent that is nobody */
export function definitionOf({ role, definition }: Pick<AgentOptions, 'role' | 'definition'>): AgentDefinition {
  if (definition) return definition;
  if (role?.trim()) return { role };
  throw new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message: 'An agent needs a role or a definition. Pass role: "You help …".',
  });
}
