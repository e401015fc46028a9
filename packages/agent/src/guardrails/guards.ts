import type { ModelId, Usage } from '@troupe/contracts';
import type { ModelUsage } from '@troupe/spec';
import type { AgentGuardrail } from './agent-guardrail.js';
import type { GuardrailPorts } from './check-text.js';

/** An agent's guardrails, with what they need. */
export interface Guards extends GuardrailPorts {
  guardrails: readonly AgentGuardrail[];
  /**
   * What a judge used, with what it cost; absent: as its provider says.
   * @param model that the guardrail names
   */
  usageOf?(model: ModelId | undefined, usage: ModelUsage): Usage;
}
