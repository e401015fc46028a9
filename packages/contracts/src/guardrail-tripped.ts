import type { GuardrailAction, GuardrailPlace } from './guardrail.js';

/** A guardrail that found something, or that failed. */
export interface GuardrailTripped {
  guardrail: string;
  on: GuardrailPlace;
  /** What was done about it; `allow` only where a guardrail failed and its policy lets the text through. */
  action: GuardrailAction | 'allow';
  /** What was found, in the guardrail's words: a kind, never the text itself. */
  reason: string;
  /** The check itself failed, and its `on_failure` decided. */
  failed?: true;
  /** Of a tool call. */
  tool?: string;
  tool_call_id?: string;
}
