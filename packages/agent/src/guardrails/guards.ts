import type { AgentGuardrail } from './agent-guardrail.js';
import type { GuardrailPorts } from './check-text.js';

/** An agent's guardrails, with what they need. */
export interface Guards extends GuardrailPorts {
  guardrails: readonly AgentGuardrail[];
}
