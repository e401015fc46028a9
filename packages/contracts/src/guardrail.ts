import type { ModelId } from './model-id.js';

/** Where a guardrail stands: what comes from outside, what the model says, and both sides of a tool call. */
export const GUARDRAIL_PLACES = ['input', 'output', 'tool_input', 'tool_output'] as const;
export type GuardrailPlace = (typeof GUARDRAIL_PLACES)[number];

/**
 * What to do with a text in which a check found something. `redact` takes the passages out, `rewrite` puts another text in
 * its place (judges only), `retry` asks the model for another answer (output only), `block` lets nothing through: of input
 * and output it ends the run, of a tool it refuses the call or keeps the result from the model.
 */
export const GUARDRAIL_ACTIONS = ['redact', 'rewrite', 'retry', 'block'] as const;
export type GuardrailAction = (typeof GUARDRAIL_ACTIONS)[number];

export const PII_KINDS = ['email', 'phone', 'credit_card', 'iban', 'ip_address', 'us_ssn'] as const;
export type PiiKind = (typeof PII_KINDS)[number];

/** `parallel`: judges work beside the model, and nothing leaves before they are done. `blocking`: before it is called. */
export const GUARDRAIL_MODES = ['parallel', 'blocking'] as const;
export type GuardrailMode = (typeof GUARDRAIL_MODES)[number];

/** What happens when a check itself fails. */
export const FAILURE_POLICIES = ['allow', 'block'] as const;
export type FailurePolicy = (typeof FAILURE_POLICIES)[number];

/** Finds what tries to take an agent over: rules, without a model. */
export interface InjectionCheck {
  type: 'injection';
}

/** RE2 syntax: no look-around, no back references, and so no text that takes long. */
export interface PatternsCheck {
  type: 'patterns';
  patterns: string[];
  /** Whether case matters; default false. */
  case_sensitive?: boolean;
}

export interface PiiCheck {
  type: 'pii';
  kinds: PiiKind[];
}

export interface MaxLengthCheck {
  type: 'max_length';
  characters: number;
}

/** What a message carries beside its text. */
export const ATTACHMENT_KINDS = ['image', 'file'] as const;
export type AttachmentKind = (typeof ATTACHMENT_KINDS)[number];

/** Finds pictures and files in what comes in: checks of texts read only files that are text. */
export interface AttachmentsCheck {
  type: 'attachments';
  /** Absent: both. */
  kinds?: AttachmentKind[];
  /** Media types that may pass, `image/*` for all of a kind; absent: none. A picture by URL has no media type, and none passes. */
  except?: string[];
}

/** A model that decides. */
export interface JudgeCheck {
  type: 'judge';
  /** What the text must not be or do. */
  instructions: string;
  /** Of input: whether it is shown pictures and files too, which its model has to be able to read; default false. */
  attachments?: boolean;
  /** Absent: the model of the agent. */
  model?: ModelId;
}

/** What a guardrail that is data looks for. */
export type GuardrailCheck = InjectionCheck | PatternsCheck | PiiCheck | MaxLengthCheck | AttachmentsCheck | JudgeCheck;
export const GUARDRAIL_CHECKS = ['injection', 'patterns', 'pii', 'max_length', 'attachments', 'judge'] as const;

/** A guardrail as data, so that it works over HTTP. */
export interface Guardrail {
  name: string;
  on: GuardrailPlace[];
  check: GuardrailCheck;
  /** Default: `redact` for `pii`, else `block`. */
  action?: GuardrailAction;
  /** Of a judge on input; default `parallel`. Rules take no time and always come first. */
  mode?: GuardrailMode;
  /** Default `block`. */
  on_failure?: FailurePolicy;
  /** What is said in place of what was blocked: to the user, or to the model about its call. */
  message?: string;
  /** Of tool_input and tool_output: only these tools; absent: all. */
  tools?: string[];
}

/** What keeps a message from models: it was replaced by a marker, and its text is not kept. */
export interface Withheld {
  guardrail: string;
  reason: string;
}
