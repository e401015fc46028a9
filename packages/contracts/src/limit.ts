/** What limits a model's calls, in the words of the API, of the limits file and of the environment. */
export const LIMIT_NUMBERS = ['rpm', 'tpm', 'input_tpm', 'output_tpm', 'rpd', 'max_concurrency'] as const;

export type LimitNumber = (typeof LIMIT_NUMBERS)[number];

/** The largest number of a limit; the smallest is 1. */
export const MAX_LIMIT_NUMBER = 1_000_000_000;

/** A model's name, or its beginning with one `*` at the end. Names may hold slashes and colons. */
export const LIMITED_MODEL = /^(?=.)[^\s*]*\*?$/;

/** Absent: not limited. At least one is there. */
export interface LimitNumbers {
  /** Requests in any 60 s. */
  rpm?: number;
  /** Input and output tokens in any 60 s. */
  tpm?: number;
  /** Input tokens in any 60 s. */
  input_tpm?: number;
  /** Output tokens in any 60 s. */
  output_tpm?: number;
  /** Requests in any 24 h. */
  rpd?: number;
  /** Calls under way at once. */
  max_concurrency?: number;
}

/** Names a limit: there is one at most for each key and source. */
export interface LimitKey {
  /** The provider part of `provider/model`. */
  provider: string;
  /** A model's name, or a pattern (`claude-sonnet-*`, `*`) whose models share the limit. */
  model: string;
  /** Which of the provider's keys, by its short hash; absent: each of them, on its own. */
  account?: string;
}

export interface LimitRule extends LimitKey, LimitNumbers {}

/** Where a limit was set; of two with the same key the one that was set by API counts, then that of the file. */
export type LimitSource = 'api' | 'file' | 'environment';

export interface SourcedLimitRule extends LimitRule {
  source: LimitSource;
}

/** A limit as it is listed. */
export interface Limit extends SourcedLimitRule {
  /** False when a stronger source has a limit with the same key. */
  in_effect: boolean;
}

/** How full a limit is, for one account of the provider. */
export interface LimitUsage extends Required<LimitKey> {
  limits: LimitNumbers;
  /** What is left now of what is limited, in its own units. */
  available: Record<string, number>;
  /** Calls that the provider has been sent and not answered. */
  under_way: number;
  /** Calls that wait for their turn. */
  waiting: number;
  /** Until when the provider asked for a pause; RFC 3339. */
  paused_until: string | null;
}
