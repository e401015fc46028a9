/** What becomes of a call that changes something, once text of strangers is in the conversation. */
export const EFFECT_POLICIES = ['approval', 'deny', 'allow'] as const;
export type EffectPolicy = (typeof EFFECT_POLICIES)[number];

/** A target that a tool may always be sent to. */
export interface AllowedTarget {
  tool: string;
  /** Absent: the tool may be called with any arguments. */
  argument?: string;
  /** The argument must be exactly one of these. */
  values?: (string | number | boolean)[];
}

/**
 * Text of strangers (results of tools that are not trusted, facts, pictures and files, the words of an agent that has read
 * such) is marked as data in the prompt where it can be; once it is there, tools that change something (of the classes
 * `effect` and `idempotent`) obey this policy, whatever the model was talked into.
 */
export interface UntrustedContent {
  /** Default `approval`. */
  effect_tools?: EffectPolicy;
  allow?: AllowedTarget[];
  /** Tools whose results are the operator's own words, beside those that say so themselves. */
  trusted_tools?: string[];
  /** Whether facts about the user count as untrusted; default true: a poisoned page may have become a fact. */
  facts?: boolean;
  /** Whether pictures and files that users send count as untrusted; default true: few users wrote what they attach. */
  attachments?: boolean;
}
